import { afterEach, expect, it, vi } from 'vitest';
import { createOutput } from '../../src/console/output.ts';
import { startProgressBar } from '../../src/console/progressBar.ts';

const original = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY');
afterEach(() => {
  vi.restoreAllMocks();
  if (original) Object.defineProperty(process.stderr, 'isTTY', original);
  else Reflect.deleteProperty(process.stderr, 'isTTY');
});

/** What a bar writes, as a terminal has it or as a pipe has it. */
function written(isTTY: boolean, options: { quiet?: boolean; json?: boolean } = {}): string {
  Object.defineProperty(process.stderr, 'isTTY', { value: isTTY, configurable: true });
  let text = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    text += chunk;
    return true;
  });
  const out = vi.spyOn(process.stdout, 'write');
  const bar = startProgressBar(createOutput(options), { label: 'epoch 0', total: 10, amount: String, unit: ' images' });
  bar.update(5);
  bar.stop();
  expect(out).not.toHaveBeenCalled();
  return text;
}

it('a bar is drawn on a terminal, on standard error and nowhere else, also with --json', () => {
  expect(written(true)).toContain('epoch 0');
  expect(written(true, { json: true })).toContain('epoch 0');
});

it('a bar is not drawn into a pipe or a file, nor with --quiet', () => {
  expect(written(false)).toBe('');
  expect(written(true, { quiet: true })).toBe('');
});

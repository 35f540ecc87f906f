import { SimdBackend } from '@flambeau/backend-simd';
import { afterEach, expect, test, vi } from 'vitest';
import { openFlambeau } from '../../src/ops/flambeau.ts';
import { type OpSpec, quickOpRows } from '../../src/ops/rows.ts';

const library = await openFlambeau(1);
afterEach(() => {
  vi.restoreAllMocks();
});

/** The kernels of the binary that one timed call runs. */
function kernelsOf(spec: OpSpec): string[] {
  const op = library.prepare(spec)!;
  const run = vi.spyOn(SimdBackend.prototype, 'run');
  op.run();
  const names = run.mock.calls.map(([name]) => name);
  run.mockRestore();
  op.dispose();
  return names;
}

// What a tensor's reader would compute is computed while the clock runs; before, its numbers were compared, but not timed.
const ownRows = quickOpRows.filter(({ spec }) => spec.op !== 'multiplyAdd' && spec.op !== 'stream');
test.each(ownRows)('a timed call does its work: $label', ({ spec }) => {
  expect(kernelsOf(spec)).not.toEqual([]);
});

const conv2 = { n: 4, c: 6, size: 12, o: 12, kernel: 5 };

test('a convolution alone is a convolution, not word of one', () => {
  expect(kernelsOf({ op: 'conv2d', ...conv2 })).toEqual(['conv2d']);
  expect(kernelsOf({ op: 'maxPool2dBackward', n: 4, c: 12, size: 8 })).toEqual(['maxPool2dBackward']);
});

test('convolution, ReLU and pool are one pass, and their gradient visits winners only', () => {
  const spec = { ...conv2, bias: -1.02, inputGradient: true };
  expect(kernelsOf({ op: 'convReluPool', ...spec })).toEqual(['conv2dMaxPool']);
  const backward = kernelsOf({ op: 'convReluPoolBackward', ...spec });
  expect(backward).toContain('conv2dWinnersBackwardInput');
  expect(backward).toContain('conv2dWinnersBackwardWeight');
  expect(backward).not.toContain('maxPool2dBackward');
});

test('a first layer gives no gradient of its input', () => {
  const spec = { op: 'convReluPoolBackward', ...conv2, bias: -1.02, inputGradient: false } as const;
  expect(kernelsOf(spec)).not.toContain('conv2dWinnersBackwardInput');
});

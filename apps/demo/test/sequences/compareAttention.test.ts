import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { runCli, scratchFolder } from '../runCli.ts';

const scratch = scratchFolder();

describe('train copy --attention both', () => {
  const folder = () => scratch.path('both');
  const settings = ['--limit', '64', '--epochs', '1', '--backend', 'simd', '--threads', '1', '--json'];

  it('trains with and without attention and draws accuracy against length for both', async () => {
    const { code, stderr, events } = await runCli([
      'train',
      'copy',
      '--attention',
      'both',
      ...settings,
      '--out',
      folder(),
    ]);
    expect(stderr).toContain('no attention');
    expect(code).toBe(0);
    const starts = events().filter(({ event }) => event === 'start');
    expect(starts.map(({ attention }) => attention)).toEqual(['bahdanau', 'none']);
    const comparison = events().at(-1)!;
    expect(comparison).toMatchObject({ event: 'comparison', task: 'copy', runDir: folder() });
    expect((comparison.series as { name: string }[]).map(({ name }) => name)).toEqual([
      'Bahdanau attention',
      'no attention',
    ]);
    const svg = await readFile(`${folder()}/accuracy-by-length.svg`, 'utf8');
    expect(svg).toContain('>Bahdanau attention</text>');
    expect(svg).toContain('>no attention</text>');
  });

  it('goes on with what is not done yet', async () => {
    await rm(`${folder()}/none`, { recursive: true });
    await rm(`${folder()}/accuracy-by-length.svg`);
    const { code, stderr, events } = await runCli(['train', 'copy', '--resume', folder(), '--json']);
    expect(code).toBe(0);
    expect(stderr).toContain('bahdanau is finished');
    expect(events().filter(({ event }) => event === 'start')).toHaveLength(1);
    expect(events()[0]).toMatchObject({ attention: 'none', epochs: 1, trainExamples: 64 });
    expect(existsSync(`${folder()}/accuracy-by-length.svg`)).toBe(true);
  });

  it('is not taken for another', async () => {
    const wrong = await runCli(['train', 'sort', '--resume', folder()]);
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('compares runs of copy, expected sort')]);
    const other = await runCli(['train', 'copy', '--resume', folder(), '--attention', 'none']);
    expect(other.stderr).toContain('--attention none would make');
  });
});

describe('train dates', () => {
  it('reads characters, and writes them', async () => {
    const run = scratch.path('dates');
    const settings = ['--limit', '64', '--epochs', '1', '--backend', 'simd', '--threads', '1', '--json'];
    const { code, events } = await runCli(['train', 'dates', '--attention', 'none', ...settings, '--out', run]);
    expect(code).toBe(0);
    expect(events()[0]).toMatchObject({ task: 'dates', attention: 'none' });
    const answer = await runCli([
      'translate',
      `${run}/weights/last.safetensors`,
      '3 May 1994',
      '--backend',
      'cpu',
      '--json',
    ]);
    expect(answer.events()[0]!.source).toEqual([...'3 May 1994', '<eos>']);
    expect(answer.events()[0]!.attention).toBeNull();
  });
});

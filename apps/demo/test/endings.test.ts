import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { loadSafetensors } from '@flambeau/core/node';
import { describe, expect, it } from 'vitest';
import { runCli, scratchFolder } from './runCli.ts';

const scratch = scratchFolder();
const base = ['train', 'fashion-mnist', '--backend', 'simd', '--offline', '--json'];

describe('an interrupted run', () => {
  it('saves the weights so far, says where, and exits 130', async () => {
    const { code, stderr, events } = await runCli(
      [...base, '--limit', '1000', '--epochs', '500', '--out', scratch.path('cut')],
      {
        onOutput: (stdout, kill) => {
          if (stdout.includes('"event":"epoch"')) kill('SIGINT');
        },
      },
    );
    expect(code).toBe(130);
    expect(stderr).toMatch(
      /interrupted (in epoch \d+ after \d+ of 10 batches|before epoch \d+): the weights so far are in .*last\.safetensors\n/,
    );
    expect(events().some(({ event }) => event === 'done')).toBe(false);
    const { tensors } = await loadSafetensors(scratch.path('cut', 'weights', 'last.safetensors'));
    expect(tensors.size).toBe(10);
    expect(await readFile(scratch.path('cut', 'events.jsonl'), 'utf8')).toContain('"event":"interrupted"');
  });
});

describe('a loss that becomes NaN', () => {
  it('stops the run, says where, and saves no broken weights', async () => {
    const { code, stderr } = await runCli([
      ...base,
      '--limit',
      '300',
      '--epochs',
      '3',
      '--lr',
      '1e30',
      '--out',
      scratch.path('nan'),
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/the loss became (NaN|Infinity) in epoch 0/);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(existsSync(scratch.path('nan', 'weights', 'last.safetensors'))).toBe(false);
  });
});

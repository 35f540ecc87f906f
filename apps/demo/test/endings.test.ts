import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { loadSafetensors, saveSafetensors } from '@flambeau/core/node';
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
      /interrupted (in epoch \d+ after \d+ of 10 batches|before epoch \d+): the weights so far are in .*last\.safetensors; go on with: .* --resume .*cut\n/,
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
    expect(stderr).toMatch(/the loss became (NaN|Infinity) in epoch 0 at step \d+/);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(existsSync(scratch.path('nan', 'weights', 'last.safetensors'))).toBe(false);
  });
});

describe('a loss that becomes NaN in a later epoch', () => {
  it('names the step, and leaves the weights of the last good epoch', async () => {
    const run = scratch.path('late');
    await runCli([...base, '--limit', '300', '--epochs', '1', '--out', run]);
    const good = await readFile(scratch.path('late', 'weights', 'last.safetensors'));
    // As if something had gone wrong in memory: weights so large that the next loss is none.
    const { tensors, metadata } = await loadSafetensors(scratch.path('late', 'resume.safetensors'));
    (tensors.get('model.out.weight')!.data as Float32Array).fill(3e38);
    await saveSafetensors(scratch.path('late', 'resume.safetensors'), tensors, metadata);
    const { code, stderr } = await runCli(['train', 'fashion-mnist', '--resume', run, '--epochs', '3', '--json']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /the loss became (NaN|-?Infinity) in epoch 1 at step 4: lower the learning rate; the weights of epoch 0, the last good ones, are in .*last\.safetensors\n$/,
    );
    expect(await readFile(scratch.path('late', 'weights', 'last.safetensors'))).toEqual(good);
  });
});

describe('a killed run that is resumed', () => {
  const args = [...base, '--limit', '1000', '--epochs', '4', '--batch-size', '50', '--seed', '3', '--threads', '1'];

  /** The rows without their time. */
  const rows = async (run: string) =>
    (await readFile(scratch.path(run, 'results.csv'), 'utf8')).split('\n').map((row) => {
      const cells = row.split(',');
      return [...cells.slice(0, 2), ...cells.slice(3)];
    });
  const weights = async (run: string, name: string) =>
    (await loadSafetensors(scratch.path(run, 'weights', `${name}.safetensors`))).tensors;

  it('ends as the run that was never killed: the same weights, best weights and rows', async () => {
    await runCli([...args, '--out', scratch.path('whole')]);
    await runCli([...args, '--out', scratch.path('killed')], {
      onOutput: (stdout, kill) => {
        if (stdout.includes('"epoch":1,')) kill('SIGKILL');
      },
    });
    const { code, events } = await runCli([...base.slice(0, 2), '--resume', scratch.path('killed'), '--json']);
    expect(code).toBe(0);
    expect(events().at(-1)!.event).toBe('done');
    expect(await rows('killed')).toEqual(await rows('whole'));
    expect(await weights('killed', 'last')).toEqual(await weights('whole', 'last'));
    expect(await weights('killed', 'best')).toEqual(await weights('whole', 'best'));
  });

  it('says that it is finished when it is, goes on with more epochs, and refuses to become another run', async () => {
    const resume = ['train', 'fashion-mnist', '--resume', scratch.path('whole')];
    const again = await runCli(resume);
    expect(again.code).toBe(0);
    expect(again.stderr).toMatch(/is finished, all 4 epochs: give a larger --epochs/);
    const changed = await runCli([...resume, '--lr', '0.5']);
    expect(changed.code).toBe(1);
    expect(changed.stderr).toMatch(/--lr 0\.5 would make .* another run: it was begun with 0\.01/);
    const more = await runCli([...resume, '--epochs', '5', '--json']);
    expect(more.code).toBe(0);
    expect(more.events().filter(({ event }) => event === 'epoch')).toMatchObject([{ epoch: 4, step: 100 }]);
    expect((await rows('whole')).length).toBe(1 + 5 + 1);
  });
});

describe('a run whose accuracy no longer becomes better', () => {
  // Steps so small that nothing changes: the first epoch is the best.
  const args = [...base, '--limit', '300', '--epochs', '50', '--patience', '2', '--lr', '1e-20'];
  const epochs = (events: Record<string, unknown>[]) =>
    events.filter(({ event }) => event === 'epoch').map(({ epoch }) => epoch);

  it('is stopped by --patience, says so, and is finished', async () => {
    const { code, events } = await runCli([...args, '--out', scratch.path('patient')]);
    expect(code).toBe(0);
    expect(epochs(events())).toEqual([0, 1, 2]);
    expect(events()).toContainEqual({ event: 'stopped', epoch: 2, patience: 2, bestEpoch: 0 });
    expect(events().at(-1)).toMatchObject({ event: 'done', epochs: 3, bestEpoch: 0 });
    const again = await runCli(['train', 'fashion-mnist', '--resume', scratch.path('patient')]);
    expect(again.code).toBe(0);
    expect(again.stderr).toMatch(/is finished, 50 epochs or stopped by its patience: give a larger --epochs/);
  });

  it('is stopped at the same epoch after a kill', async () => {
    await runCli([...args, '--out', scratch.path('impatient')], {
      onOutput: (stdout, kill) => {
        if (stdout.includes('"epoch":1,')) kill('SIGKILL');
      },
    });
    const { code, events } = await runCli([...base.slice(0, 2), '--resume', scratch.path('impatient'), '--json']);
    expect(code).toBe(0);
    expect(epochs(events()).at(-1)).toBe(2);
    expect(events()).toContainEqual({ event: 'stopped', epoch: 2, patience: 2, bestEpoch: 0 });
  });
});

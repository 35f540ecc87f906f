import { readFile } from 'node:fs/promises';
import { Generator } from '@flambeau/core';
import { loadSafetensors } from '@flambeau/core/node';
import { expect, it } from 'vitest';
import { runCli, scratchFolder } from './runCli.ts';

const scratch = scratchFolder();
const kills = 10;
const epochs = 12;
// FLAMBEAU_KILL_SEED tries other moments; a moment itself is as exact as a timer.
const seed = Number(process.env.FLAMBEAU_KILL_SEED ?? 1);
const data = ['--limit', '300', '--backend', 'simd', '--threads', '1', '--offline', '--json'];
const args = ['train', 'fashion-mnist', '--epochs', `${epochs}`, '--batch-size', '100', '--seed', '3', ...data];

const weights = async (run: string, name: string) =>
  (await loadSafetensors(scratch.path(run, 'weights', `${name}.safetensors`))).tensors;

/** The rows without their time. */
const rows = async (run: string) =>
  (await readFile(scratch.path(run, 'results.csv'), 'utf8')).replace(/^(\d+,\d+),[^,]*/gm, '$1');

it(`a run that is killed ${kills} times at random moments (seed ${seed}), each time resumed, ends as the run that never was`, async () => {
  let began = 0;
  let trainingMs = 0;
  const whole = await runCli([...args, '--out', scratch.path('whole')], {
    onOutput: (stdout) => {
      if (began === 0 && stdout.includes('"event":"start"')) began = performance.now();
      if (stdout.includes(`"epoch":${epochs - 1},`)) trainingMs ||= performance.now() - began;
    },
  });
  expect(whole.code).toBe(0);
  // Each life lasts two epochs at most, so that the last kill comes near the end.
  const longest = (2 / epochs) * trainingMs;
  const moments = new Generator().manualSeed(seed).uniform(new Float32Array(kills), 0, longest);

  let killed = 0;
  let runs = 0;
  let run = '';
  let begins = true;
  for (;;) {
    if (begins) run = `killed ${++runs}`;
    const command = begins
      ? [...args, '--out', scratch.path(run)]
      : ['train', 'fashion-mnist', '--resume', scratch.path(run), '--json'];
    let timer: NodeJS.Timeout | undefined;
    const { code, stderr } = await runCli(command, {
      onOutput: (stdout, kill) => {
        if (timer !== undefined || killed >= kills || !stdout.includes('"event":"start"')) return;
        // One in three is a Ctrl-C, which saves in mid-epoch.
        timer = setTimeout(() => kill(killed % 3 === 2 ? 'SIGINT' : 'SIGKILL'), moments[killed]);
      },
    });
    clearTimeout(timer);
    if (code === null || code === 130) {
      killed++;
      begins = false;
      continue;
    }
    expect([code, stderr.match(/flambeau: .*/)?.[0]]).toEqual([0, undefined]);
    expect(await rows(run), run).toEqual(await rows('whole'));
    for (const name of ['last', 'best']) expect(await weights(run, name), run).toEqual(await weights('whole', name));
    if (killed >= kills) break;
    // It came to its end before the moment did: the other moments are for another run.
    begins = true;
  }
}, 300_000);

import { manualSeed, optim, type StepInfo, Trainer } from '@flambeau/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createPairLoader, createSeq2Seq, linearTeacherForcing, translation } from '../../src/index.ts';
import { simd } from '../onSimd.ts';

beforeAll(async () => {
  await simd();
});

const pairs = Array.from({ length: 40 }, (_, i) => ({
  source: Array.from({ length: 1 + (i % 6) }, (_, at) => 2 + ((i + 3 * at) % 9)),
  target: Array.from({ length: 1 + (i % 4) }, (_, at) => 2 + ((2 * i + at) % 9)),
}));

class Stop extends Error {}

/** Two epochs of five steps, with dropout, coins of teacher forcing that fall less and less, and buckets. */
function run(stopAt?: number) {
  manualSeed(3);
  const model = createSeq2Seq({ attention: 'bahdanau', hiddenSize: 6, dropout: 0.3 }, { source: 11, target: 11 });
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const loader = createPairLoader(pairs, { batchSize: 8, shuffle: true, bucket: true });
  const schedule = linearTeacherForcing({ from: 0.8, to: 0.2, steps: 10 });
  const onStep = ({ step }: StepInfo) => {
    if (step === stopAt) throw new Stop();
  };
  const trainer: Trainer<never> = new Trainer({
    model,
    optimizer,
    objective: translation(model, { teacherForcing: () => schedule(trainer.step) }) as never,
    transformGradients: (gradients) => optim.clipGradNorm(gradients, 1).gradients,
    callbacks: [{ onStep }],
  });
  return { model, trainer, fit: () => trainer.fit(loader as never, { epochs: 2 }) };
}

describe('a run that was broken off', () => {
  it('goes on in mid-epoch as if it had never stopped', async () => {
    const whole = run();
    const history = await whole.fit();
    for (const stopAt of [1, 4, 5, 8]) {
      const cut = run(stopAt);
      await expect(cut.fit()).rejects.toThrow(Stop);
      const state = await cut.trainer.stateDict();
      const rest = run();
      rest.trainer.loadStateDict(state);
      const last = (await rest.fit()).at(-1)!;
      expect(await rest.model.stateDict(), `stopped at ${stopAt}`).toEqual(await whole.model.stateDict());
      expect(last.totalLoss).toBe(history[1]!.totalLoss);
    }
  });
});

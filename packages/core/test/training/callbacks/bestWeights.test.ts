import { beforeAll, describe, expect, it } from 'vitest';
import { callbacks, createBackend, type EpochResult, type nn, setDefaultBackend } from '../../../src/index.ts';
import { setUp, throughFile } from './runs.ts';

beforeAll(async () => setDefaultBackend(await createBackend('simd')));

const scripted =
  (figures: readonly number[]) =>
  ({ epoch }: EpochResult) =>
    figures[epoch]!;
const options = (figures: readonly number[]) => ({ monitor: scripted(figures), mode: 'min' as const, restore: true });

/** The weights at the end of each epoch of a run that nothing interferes with. */
async function weightsByEpoch(epochs: number): Promise<nn.StateDict[]> {
  const all: nn.StateDict[] = [];
  const run = setUp([{ onEpochEnd: async (_, { model }) => void all.push(await model.stateDict()) }]);
  await run.fit(epochs);
  return all;
}

describe('BestWeights', () => {
  it('gives the model the weights of the epoch that did best, when training ends', async () => {
    const best = new callbacks.BestWeights(options([3, 1, 2, 5]));
    const { model, fit } = setUp([best]);
    await fit(4);
    expect([best.bestEpoch, best.best]).toEqual([1, 1]);
    expect(await model.stateDict()).toEqual((await weightsByEpoch(4))[1]);
  });

  it('leaves the model as it is unless asked', async () => {
    const { model, fit } = setUp([new callbacks.BestWeights({ ...options([3, 1, 2]), restore: false })]);
    await fit(3);
    expect(await model.stateDict()).toEqual((await weightsByEpoch(3))[2]);
  });

  it('hands each better epoch to save, and no other', async () => {
    const saved: [epoch: number, weights: nn.StateDict][] = [];
    const save = (weights: nn.StateDict, { epoch }: EpochResult) => void saved.push([epoch, weights]);
    const best = new callbacks.BestWeights({ ...options([3, 1, 2, 0.5]), restore: false, save });
    await setUp([best]).fit(4);
    const all = await weightsByEpoch(4);
    expect(saved).toEqual([0, 1, 3].map((epoch) => [epoch, all[epoch]]));
    expect(best.tensors(), 'kept in a file, not in memory').toEqual({});
  });

  it('remembers best and weights over a resume', async () => {
    const figures = [3, 1, 2, 4];
    const first = setUp([new callbacks.BestWeights({ ...options(figures), restore: false })]);
    await first.fit(3);
    const best = new callbacks.BestWeights(options(figures));
    const rest = setUp([best]);
    rest.trainer.loadStateDict(throughFile(await first.trainer.stateDict()));
    await rest.fit(4);
    expect(best.bestEpoch).toBe(1);
    expect(await rest.model.stateDict()).toEqual((await weightsByEpoch(4))[1]);
  });

  it('ends with the best weights also when EarlyStopping ends the run', async () => {
    const figures = [3, 1, 2, 4, 5];
    const stopping = new callbacks.EarlyStopping({ monitor: scripted(figures), mode: 'min', patience: 2 });
    const { model, fit } = setUp([stopping, new callbacks.BestWeights(options(figures))]);
    expect(await fit(5)).toHaveLength(4);
    expect(await model.stateDict()).toEqual((await weightsByEpoch(4))[1]);
  });
});

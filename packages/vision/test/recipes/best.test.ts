import { data, hostArray, manualSeed, type optim, type StepInfo, Trainer } from '@flambeau/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ResidualCnn } from '../../src/models/residualCnn.ts';
import { lossFunctionOf, recipeNamed } from '../../src/recipes/recipe.ts';
import { simd } from '../onSimd.ts';

beforeAll(async () => {
  await simd();
});

const recipe = recipeNamed('best');
const examples = 36;
const dataset = new data.TensorDataset(
  hostArray(
    'float32',
    [examples, 1, 28, 28],
    Float32Array.from({ length: examples * 784 }, (_, i) => ((i * 7919) % 256) / 255),
  ),
  hostArray(
    'int32',
    [examples],
    Int32Array.from({ length: examples }, (_, i) => i % 10),
  ),
);

class Stop extends Error {}

/** Two epochs of three steps; `stopAt` breaks the run off. */
function run(stopAt?: number) {
  manualSeed(7);
  const model = new ResidualCnn({ width: 4 });
  const optimizer = recipe.createOptimizer(model.parameters(), { lr: recipe.learningRate });
  const loader = new data.DataLoader(dataset, {
    batchSize: 12,
    shuffle: true,
    transform: ([images, labels], generator) => [recipe.transform!.forward(images!, generator), labels],
  });
  const scheduler = recipe.createScheduler!(optimizer, { lr: recipe.learningRate, epochs: 2, stepsPerEpoch: 3 });
  const onStep = ({ step }: StepInfo) => {
    if (step === stopAt) throw new Stop();
  };
  const lossFunction = lossFunctionOf(recipe, model);
  const trainer = new Trainer({ model, optimizer, scheduler, lossFunction, callbacks: [{ onStep }] });
  return { model, optimizer, trainer, fit: () => trainer.fit(loader as never, { epochs: 2 }) };
}

describe('the recipe best', () => {
  it('goes on in mid-epoch, its random images and its schedule too, as if it had never stopped', async () => {
    const whole = run();
    const history = await whole.fit();
    for (const stopAt of [1, 3, 5]) {
      const cut = run(stopAt);
      await expect(cut.fit()).rejects.toThrow(Stop);
      const state = await cut.trainer.stateDict();
      const rest = run();
      rest.trainer.loadStateDict(state);
      const last = (await rest.fit()).at(-1)!;
      expect(await rest.model.stateDict(), `stopped at ${stopAt}`).toEqual(await whole.model.stateDict());
      expect([last.totalLoss, last.lr]).toEqual([history[1]!.totalLoss, history[1]!.lr]);
    }
  });

  it('lets weights decay, and neither biases nor what batch norm scales and shifts by', () => {
    const { model, optimizer } = run();
    const groups = (optimizer as optim.AdamW).paramGroups;
    expect(groups.map(({ weightDecay }) => weightDecay > 0)).toEqual([true, false]);
    expect(groups[0]!.params.every(({ rank }) => rank > 1)).toBe(true);
    expect(groups.flatMap(({ params }) => params)).toHaveLength(model.parameters().length);
  });

  it.each([1, 2, 3, 4, 5, 10])('has a learning rate for every one of %i steps', (steps) => {
    const { optimizer } = run();
    const scheduler = recipe.createScheduler!(optimizer, { lr: 0.1, epochs: 1, stepsPerEpoch: steps });
    for (let step = 0; step < steps; step++, scheduler.step()) {
      expect(optimizer.lr).toBeGreaterThan(0);
      expect(optimizer.lr).toBeLessThanOrEqual(0.1);
    }
    expect(optimizer.lr).toBeLessThan(0.001);
  });

  it('smooths labels while training only', async () => {
    const { model } = run();
    const loss = lossFunctionOf(recipe, model);
    const backend = await simd();
    const logits = backend.tensor(hostArray('float32', [1, 10], Float32Array.of(9, 0, 0, 0, 0, 0, 0, 0, 0, 0)));
    const target = backend.tensor(hostArray('int32', [1], Int32Array.of(0)));
    const value = async () => (await loss(logits, target).data())[0]!;
    const plain = Math.log(1 + 9 * Math.exp(-9));
    const smoothing = recipe.labelSmoothing!;
    // Of the target, smoothing/10 lies on each class; the nine others' log-probabilities are 9 lower.
    expect(await value()).toBeCloseTo(plain + smoothing * 0.9 * 9, 5);
    model.eval();
    expect(await value()).toBeCloseTo(plain, 5);
  });
});

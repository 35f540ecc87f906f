import { beforeAll, describe, expect, it } from 'vitest';
import {
  createBackend,
  type Dataset,
  data,
  functional as F,
  Generator,
  type HostArray,
  hostArray,
  manualSeed,
  nn,
  optim,
  type StepInfo,
  setDefaultBackend,
  type Tensor,
  Trainer,
  type TrainerState,
} from '../../src/index.ts';
import { parseSafetensors, serializeSafetensors } from '../../src/io/index.ts';

class Net extends nn.Module {
  fc1 = new nn.Linear(6, 8);
  bn = new nn.BatchNorm1d(8);
  dropout = new nn.Dropout(0.3);
  out = new nn.Linear(8, 3);

  forward(x: Tensor): Tensor {
    return this.out.forward(this.dropout.forward(F.relu(this.bn.forward(this.fc1.forward(x)))));
  }
}

const examples = 50;
const values = new Generator().manualSeed(1).normal(new Float32Array(examples * 6));
const labels = Int32Array.from({ length: examples }, (_, i) => i % 3);
const dataset = new data.TensorDataset(
  hostArray('float32', [examples, 6], values),
  hostArray('int32', [examples], labels),
) as unknown as Dataset<[HostArray, HostArray]>;

class Stop extends Error {}

/**
 * A run of 3 epochs of 5 steps (the last batch is smaller). `stopAt` breaks it off after that many steps; `abortAt` at the
 * beginning of that epoch, when its first batch has been drawn.
 */
function run(generator: Generator | undefined, stopAt = Number.POSITIVE_INFINITY, abortAt?: number) {
  const controller = new AbortController();
  manualSeed(7);
  const model = new Net();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
  const scheduler = new optim.OneCycleLR(optimizer, { maxLr: 0.05, totalSteps: 15 });
  const loader = new data.DataLoader(dataset, { batchSize: 12, shuffle: true, generator });
  const onStep = ({ step }: StepInfo) => {
    if (step === stopAt) throw new Stop();
  };
  const onEpochStart = (epoch: number) => {
    if (epoch === abortAt) controller.abort(new Stop());
  };
  const trainer = new Trainer({ model, optimizer, scheduler, callbacks: [{ onStep, onEpochStart }] });
  const { signal } = controller;
  const fit = () =>
    trainer.fit(loader as never, {
      epochs: 3,
      signal,
      validation: new data.DataLoader(dataset, { batchSize: 50 }) as never,
    });
  return { model, trainer, fit };
}

/** Through the bytes of a file, as a real run does. */
function throughFile({ tensors, metadata }: TrainerState): TrainerState {
  const read = parseSafetensors(serializeSafetensors(Object.entries(tensors), { ...metadata }));
  return { tensors: Object.fromEntries(read.tensors), metadata: Object.fromEntries(read.metadata) };
}

describe('a run that goes on', () => {
  beforeAll(async () => setDefaultBackend(await createBackend('simd')));

  const own = () => new Generator().manualSeed(3);
  it.each([
    { generator: 'the default generator', make: () => undefined },
    { generator: 'a generator of its own', make: own },
  ])('ends as the run that never stopped, wherever it was stopped, with $generator', async ({ make }) => {
    const whole = run(make());
    const history = await whole.fit();
    const weights = await whole.model.stateDict();
    const stops = [...[1, 4, 5, 6, 12, 14].map((stopAt) => ({ stopAt })), { abortAt: 0 }, { abortAt: 2 }];
    for (const stop of stops) {
      const cut = 'stopAt' in stop ? run(make(), stop.stopAt) : run(make(), undefined, stop.abortAt);
      await expect(cut.fit()).rejects.toThrow(Stop);
      const state = throughFile(await cut.trainer.stateDict());
      const rest = run(make());
      rest.trainer.loadStateDict(state);
      const restHistory = await rest.fit();
      expect(await rest.model.stateDict(), JSON.stringify(stop)).toEqual(weights);
      const figures = ({ epoch, step, totalLoss, totalCorrect, lr, validation }: (typeof history)[number]) => ({
        epoch,
        step,
        totalLoss,
        totalCorrect,
        lr,
        validation,
      });
      expect(restHistory.map(figures)).toEqual(history.slice(-restHistory.length).map(figures));
    }
  });

  it('refuses the state of another model, and leaves its own as it was', async () => {
    const { trainer, model } = run(undefined, 1);
    const before = await model.stateDict();
    const other = new nn.Linear(2, 2);
    const state = await new Trainer({
      model: other,
      optimizer: new optim.Adam(other.parameters()),
      scheduler: { step() {}, stateDict: () => ({}), loadStateDict() {} },
      callbacks: [{}],
    }).stateDict();
    expect(() => trainer.loadStateDict(state)).toThrow(/loading the state dict for Net/);
    expect(await model.stateDict()).toEqual(before);
  });
});

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createBackend,
  data,
  type EpochResult,
  evaluate,
  functional as F,
  Generator,
  hostArray,
  manualSeed,
  metrics,
  NonFiniteLossError,
  nn,
  optim,
  setDefaultBackend,
  type Tensor,
  Trainer,
  type TrainerCallback,
} from '../../src/index.ts';

beforeAll(async () => setDefaultBackend(await createBackend('simd')));

class Net extends nn.Module {
  hidden = new nn.Linear(4, 6);
  bn = new nn.BatchNorm1d(6);
  dropout = new nn.Dropout(0.2);
  out = new nn.Linear(6, 3);

  forward(x: Tensor): Tensor {
    return this.out.forward(this.dropout.forward(F.relu(this.bn.forward(this.hidden.forward(x)))));
  }
}

const examples = 22;
const dataset = new data.TensorDataset(
  hostArray('float32', [examples, 4], new Generator().manualSeed(9).normal(new Float32Array(4 * examples))),
  hostArray(
    'int32',
    [examples],
    Int32Array.from({ length: examples }, (_, i) => i % 3),
  ),
);
const loaderOf = (options: data.DataLoaderOptions) => new data.DataLoader(dataset, options);
const trainLoader = () => loaderOf({ batchSize: 5, shuffle: true });
const testLoader = () => loaderOf({ batchSize: 8 });

function setUp(callbacks: TrainerCallback[] = [], lr = 0.02) {
  manualSeed(4);
  const model = new Net();
  const optimizer = new optim.Adam(model.parameters(), { lr });
  return { model, optimizer, trainer: new Trainer({ model, optimizer, callbacks }) };
}

describe('a Trainer', () => {
  it('gives to the last bit what the loop of ten lines gives from the same seed', async () => {
    const { trainer, model } = setUp();
    const history = await trainer.fit(trainLoader(), { epochs: 3, validation: testLoader() });

    const byHand = setUp();
    const net = byHand.model;
    const loader = trainLoader();
    for (let epoch = 0; epoch < 3; epoch++) {
      const totals = new metrics.Totals();
      net.train();
      for await (const [x, y] of loader) {
        totals.add(
          byHand.optimizer.minimize((): { loss: Tensor; correct: Tensor } => {
            const logits = net.forward(x);
            return { loss: F.crossEntropy(logits, y), correct: metrics.correct(logits, y) };
          }),
        );
      }
      const { loss, correct } = await totals.read();
      const { totalLoss, totalCorrect, validation } = history[epoch];
      expect([totalLoss, totalCorrect]).toEqual([loss, correct]);
      expect(validation).toEqual(await evaluate(net, testLoader()));
    }
    expect(await model.stateDict()).toEqual(await net.stateDict());
    expect(history[2].totalLoss).toBeLessThan(history[0].totalLoss);
  });

  it("reports an epoch's figures, and goes on counting in the next fit", async () => {
    const { trainer } = setUp();
    const [first] = await trainer.fit(trainLoader(), { epochs: 1 });
    expect(first).toMatchObject({ epoch: 0, step: 5, examples, lr: 0.02 });
    expect(first.trainLoss).toBe(first.totalLoss / 5);
    expect(first.trainAccuracy).toBe(first.totalCorrect / examples);
    expect(first.examplesPerSecond).toBeCloseTo(examples / first.seconds);
    expect(first).not.toHaveProperty('validation');
    const more = await trainer.fit(trainLoader(), { epochs: 3 });
    expect(more.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 10],
      [2, 15],
    ]);
    expect(await trainer.fit(trainLoader(), { epochs: 3 })).toEqual([]);
  });

  it('tells callbacks of each event in their order, and waits for them', async () => {
    const events: string[] = [];
    const later = (what: string) =>
      new Promise<void>((resolve) => setTimeout(() => resolve(void events.push(what)), 1));
    const named = (name: string): TrainerCallback => ({
      onEpochStart: (epoch) => later(`${name} start ${epoch}`),
      onStep: ({ step, batch, batches, examples: done }) => later(`${name} step ${step} ${batch}/${batches} ${done}`),
      onEpochEnd: ({ epoch }: EpochResult) => later(`${name} end ${epoch}`),
    });
    const { trainer } = setUp([named('a'), {}, named('b')]);
    await trainer.fit(loaderOf({ batchSize: 12 }), { epochs: 2 });
    const both = (what: string) => [`a ${what}`, `b ${what}`];
    expect(events).toEqual([
      ...['start 0', 'step 1 1/2 12', 'step 2 2/2 22', 'end 0'].flatMap(both),
      ...['start 1', 'step 3 1/2 12', 'step 4 2/2 22', 'end 1'].flatMap(both),
    ]);
  });

  it('moves its scheduler on after every step', async () => {
    manualSeed(4);
    const model = new Net();
    const optimizer = new optim.Adam(model.parameters());
    const rates: number[] = [];
    let steps = 0;
    const scheduler: optim.Scheduler = {
      step: () => void (optimizer.lr = 0.1 / ++steps),
      stateDict: () => ({}),
      loadStateDict() {},
    };
    const trainer = new Trainer({
      model,
      optimizer,
      scheduler,
      callbacks: [{ onStep: () => void rates.push(optimizer.lr) }],
    });
    const [result] = await trainer.fit(loaderOf({ batchSize: 11 }), { epochs: 1 });
    expect(rates).toEqual([0.1, 0.05]);
    expect(result.lr).toBe(0.1);
  });

  it('changes gradients before the step as it is told, and frees what that made', async () => {
    const { model, optimizer } = setUp();
    const before = await model.stateDict();
    const trainer = new Trainer({
      model,
      optimizer,
      transformGradients: (gradients) => gradients.map((gradient) => gradient && tf.mul(gradient, 0)),
    });
    await trainer.fit(trainLoader(), { epochs: 1 });
    // Adam takes no step along a gradient of 0.
    expect((await model.stateDict())['hidden.weight']).toEqual(before['hidden.weight']);
    const tensors = tf.memory().numTensors;
    await trainer.fit(trainLoader(), { epochs: 2 });
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('names layers by their paths in the errors of a forward pass', async () => {
    const { trainer } = setUp();
    const wrong = new data.DataLoader(
      new data.TensorDataset(
        hostArray('float32', [2, 3], new Float32Array(6)),
        hostArray('int32', [2], new Int32Array(2)),
      ),
      { batchSize: 2 },
    );
    await expect(trainer.fit(wrong, { epochs: 1 })).rejects.toThrow(
      'hidden: expected 4 input features, got 3 (input [2, 3])',
    );
  });

  it('refuses a loader without batches', async () => {
    await expect(setUp().trainer.fit(loaderOf({ batchSize: 99, dropLast: true }), { epochs: 1 })).rejects.toThrow(
      'the training loader gave no batch',
    );
  });

  it('says when the loss has become NaN', async () => {
    const { trainer } = setUp([], Number.MAX_VALUE);
    const attempt = trainer.fit(trainLoader(), { epochs: 2 });
    await expect(attempt).rejects.toThrow(NonFiniteLossError);
    await expect(attempt).rejects.toThrow(/^the loss became NaN in epoch 0 at step 2: lower the learning rate$/);
    await expect(trainer.fit(trainLoader(), { epochs: 2 }), 'also when asked again').rejects.toThrow(
      NonFiniteLossError,
    );
  });
});

describe('a loss that becomes NaN in a long epoch', () => {
  it('is noticed soon after its step, which the error names, though the device is seldom asked', async () => {
    manualSeed(4);
    const model = new nn.Linear(4, 3);
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    const steps = 1000;
    const input = new Float32Array(4 * steps);
    input[4 * 99] = Number.NaN;
    const long = new data.TensorDataset(
      hostArray('float32', [steps, 4], input),
      hostArray('int32', [steps], new Int32Array(steps)),
    );
    const trainer = new Trainer({ model, optimizer });
    const read = vi.spyOn(tf.Tensor.prototype, 'data');
    const attempt = trainer.fit(new data.DataLoader(long, { batchSize: 1 }), { epochs: 1 });
    await expect(attempt).rejects.toThrow('the loss became NaN in epoch 0 at step 100: lower the learning rate');
    expect(trainer.step).toBeLessThan(100 + 2 * 64);
    expect(read.mock.calls.length).toBeLessThan(10);
    read.mockRestore();
  });
});

describe('a Trainer that is interrupted', () => {
  const figures = ({ epoch, step, totalLoss, totalCorrect, examples: seen }: EpochResult) => ({
    epoch,
    step,
    totalLoss,
    totalCorrect,
    seen,
  });

  it('by a signal stops before the next step with its reason, and goes on as if nothing had been', async () => {
    const whole = setUp();
    const history = await whole.trainer.fit(trainLoader(), { epochs: 2 });

    const controller = new AbortController();
    const cut = setUp([
      { onStep: ({ step }) => step === 3 && controller.abort(new Error('enough')) } as TrainerCallback,
    ]);
    const loader = trainLoader();
    await expect(cut.trainer.fit(loader, { epochs: 2, signal: controller.signal })).rejects.toThrow('enough');
    expect(cut.trainer.step).toBe(3);
    const rest = await cut.trainer.fit(loader, { epochs: 2 });
    expect(rest.map(figures)).toEqual(history.map(figures));
    expect(await cut.model.stateDict()).toEqual(await whole.model.stateDict());
  });

  it('by a signal that was given before takes no step', async () => {
    const { trainer } = setUp();
    await expect(
      trainer.fit(trainLoader(), { epochs: 1, signal: AbortSignal.abort(new Error('never')) }),
    ).rejects.toThrow('never');
    expect(trainer.step).toBe(0);
  });

  it('by an error leaves no tensor behind', async () => {
    const { trainer, optimizer } = setUp([
      {
        onStep: ({ step }) => {
          if (step % 3 === 0) throw new Error('callback');
        },
      },
    ]);
    await expect(trainer.fit(trainLoader(), { epochs: 4 })).rejects.toThrow('callback');
    const { numTensors, numBytes } = tf.memory();
    while (trainer.epoch < 4)
      await trainer.fit(trainLoader(), { epochs: 4 }).catch((error) => expect(error.message).toBe('callback'));
    expect([tf.memory().numTensors, tf.memory().numBytes]).toEqual([numTensors, numBytes]);
    expect(trainer.step).toBe(20);
    optimizer.dispose();
  });
});

describe('evaluate', () => {
  it('weighs the last, smaller batch by its size', async () => {
    const { model } = setUp();
    const [all] = [loaderOf({ batchSize: examples })];
    const whole = await evaluate(model, all);
    const inParts = await evaluate(model, loaderOf({ batchSize: 8 }));
    expect(inParts.loss).toBeCloseTo(whole.loss, 6);
    expect({ ...inParts, loss: 0 }).toEqual({ ...whole, loss: 0 });
    expect(whole.accuracy).toBe(whole.correct / examples);
    // Three batches of 8, 8 and 6 whose plain mean would be another number.
    const means: number[] = [];
    model.eval();
    for await (const [x, y] of loaderOf({ batchSize: 8 }))
      means.push((await F.crossEntropy(model.forward(x), y).data())[0]);
    expect(Math.abs((means[0] + means[1] + means[2]) / 3 - whole.loss)).toBeGreaterThan(1e-5);
    expect(inParts.loss).toBeCloseTo((8 * means[0] + 8 * means[1] + 6 * means[2]) / 22, 6);
  });

  it('puts every module back into its own mode, also when it throws, and leaves no tensor behind', async () => {
    const { model } = setUp();
    model.bn.eval();
    const modes = () => model.modules().map(({ training }) => training);
    const before = [modes(), tf.memory().numTensors];
    await evaluate(model, testLoader());
    expect([modes(), tf.memory().numTensors]).toEqual(before);
    let calls = 0;
    const lossFunction = (logits: Tensor, target: Tensor) => {
      expect(modes()).toEqual([false, false, false, false, false]);
      if (++calls === 3) throw new Error('third batch');
      return F.crossEntropy(logits, target);
    };
    await expect(evaluate(model, testLoader(), { lossFunction })).rejects.toThrow('third batch');
    expect([modes(), tf.memory().numTensors]).toEqual(before);
    await expect(evaluate(model, testLoader(), { confusion: new metrics.ConfusionMatrix(2) })).rejects.toThrow(
      /classes below 2/,
    );
    expect([modes(), tf.memory().numTensors]).toEqual(before);
  });

  it('fills a confusion matrix that agrees with its own counts', async () => {
    const { model } = setUp();
    const confusion = new metrics.ConfusionMatrix(3);
    const { accuracy, examples: seen } = await evaluate(model, testLoader(), { confusion });
    expect([confusion.accuracy, confusion.total]).toEqual([accuracy, seen]);
  });

  it('refuses a loader without examples', async () => {
    await expect(evaluate(setUp().model, loaderOf({ batchSize: 99, dropLast: true }))).rejects.toThrow(
      'evaluate: the loader gave no example',
    );
  });
});

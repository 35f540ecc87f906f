import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  binaryClassification,
  createBackend,
  data,
  evaluateObjective,
  functional as F,
  hostArray,
  manualSeed,
  metrics,
  nn,
  type Objective,
  optim,
  setDefaultBackend,
  type Tensor,
  Trainer,
} from '../../src/index.ts';

beforeAll(async () => setDefaultBackend(await createBackend('simd')));

/** Sequences of three tokens, each with a class of its own. */
class Tagger extends nn.Module {
  embedding = new nn.Embedding(5, 4);
  out = new nn.Linear(4, 5);

  forward(tokens: Tensor): Tensor {
    return this.out.forward(this.embedding.forward(tokens));
  }
}

const tokens = Int32Array.from([0, 1, 2, 3, 4, 0, 2, 4, 1, 3, 0, 2, 4, 3, 1]);
const sequences = new data.TensorDataset(hostArray('int32', [5, 3], tokens), hostArray('int32', [5, 3], tokens));
type Batch = readonly [Tensor, Tensor];

const tagging = (model: Tagger): Objective<Batch> => ({
  forward: ([input, target]) => {
    const logits = tf.reshape(model.forward(input), [-1, 5]);
    const flat = tf.reshape(target, [-1]);
    return { loss: F.crossEntropy(logits, flat), correct: metrics.correct(logits, flat) };
  },
  examples: ([input]) => input.shape[0],
  predictions: ([, target]) => target.size,
});

describe('an objective', () => {
  it('trains on batches of any kind and takes accuracy as a share of the predictions', async () => {
    manualSeed(0);
    const model = new Tagger();
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.1 });
    const trainer = new Trainer({ model, optimizer, objective: tagging(model) });
    const loader = new data.DataLoader(sequences, { batchSize: 2 });
    const history = await trainer.fit(loader, { epochs: 20, validation: loader });
    const last = history.at(-1)!;
    expect(last).toMatchObject({ examples: 5, totalCorrect: 15, trainAccuracy: 1 });
    expect(last.validation).toMatchObject({ examples: 5, correct: 15, accuracy: 1 });
    expect(last.trainLoss).toBeLessThan(history[0]!.trainLoss);
  });

  it('weighs a batch by its predictions in the loss of an evaluation', async () => {
    manualSeed(1);
    const model = new Tagger();
    const whole = await evaluateObjective(model, new data.DataLoader(sequences, { batchSize: 5 }), tagging(model));
    const parts = await evaluateObjective(model, new data.DataLoader(sequences, { batchSize: 2 }), tagging(model));
    expect(parts.loss).toBeCloseTo(whole.loss, 6);
    expect(parts).toMatchObject({ accuracy: whole.accuracy, correct: whole.correct, examples: 5 });
  });

  it('keeps the count of predictions over an interruption in mid-epoch', async () => {
    const run = (stopAfter?: number) => {
      manualSeed(2);
      const model = new Tagger();
      const optimizer = new optim.Adam(model.parameters(), { lr: 0.1 });
      const controller = new AbortController();
      const onStep = ({ step }: { step: number }) => {
        if (step === stopAfter) controller.abort(new Error('stopped'));
      };
      const trainer = new Trainer({ model, optimizer, objective: tagging(model), callbacks: [{ onStep }] });
      const loader = new data.DataLoader(sequences, { batchSize: 2, shuffle: true });
      return { trainer, fit: () => trainer.fit(loader, { epochs: 1, signal: controller.signal }) };
    };
    const [expected] = await run().fit();
    const interrupted = run(1);
    await expect(interrupted.fit()).rejects.toThrow('stopped');
    const state = await interrupted.trainer.stateDict();
    const resumed = run();
    resumed.trainer.loadStateDict(state);
    const [result] = await resumed.fit();
    expect({ ...result, seconds: 0, examplesPerSecond: 0 }).toEqual({ ...expected, seconds: 0, examplesPerSecond: 0 });
  });
});

describe('binaryClassification', () => {
  class OneLogit extends nn.Module {
    out = new nn.Linear(2, 1);

    forward(x: Tensor): Tensor {
      return this.out.forward(x);
    }
  }

  it('minimises the binary cross-entropy of one logit and counts the right side of 0', async () => {
    manualSeed(0);
    const model = new OneLogit();
    const x = tf.tensor2d([1, 2, -1, 0.5, 3, -1], [3, 2]);
    const target = tf.tensor1d([1, 0, 1], 'int32');
    const { loss, correct } = binaryClassification(model).forward([x, target]);
    const logits = await tf.reshape(model.forward(x), [-1]).data();
    const labels = [1, 0, 1];
    const losses = [...logits].map((z, i) => Math.log1p(Math.exp(-z)) + (1 - labels[i]!) * z);
    expect((await loss.data())[0]).toBeCloseTo(losses.reduce((sum, value) => sum + value) / 3, 6);
    expect((await correct.data())[0]).toBe([...logits].filter((z, i) => z > 0 === (labels[i] === 1)).length);
  });

  it('refuses more logits than targets', () => {
    const model = new nn.Sequential(new nn.Linear(2, 2));
    const batch = [tf.zeros([3, 2]), tf.tensor1d([1, 0, 1], 'int32')] as const;
    expect(() => binaryClassification(model).forward(batch)).toThrow();
  });
});

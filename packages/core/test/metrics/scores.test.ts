import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createBackend, metrics, setDefaultBackend } from '../../src/index.ts';

describe('precision, recall and F1', () => {
  // Rows are targets: class 0 has 3 examples, class 1 has 2, class 2 none; class 2 is predicted once.
  const matrix = new metrics.ConfusionMatrix(3).update([0, 0, 1, 1, 2], [0, 0, 0, 1, 1]);

  it('of every class, worked out by hand', () => {
    expect(matrix.perClass()).toEqual([
      { precision: 1, recall: 2 / 3, f1: 0.8, support: 3 },
      { precision: 0.5, recall: 0.5, f1: 0.5, support: 2 },
      { precision: 0, recall: 0, f1: 0, support: 0 },
    ]);
  });

  it('as a mean over the classes', () => {
    const { precision, recall, f1 } = matrix.macro();
    expect(precision).toBeCloseTo(1.5 / 3, 12);
    expect(recall).toBeCloseTo((2 / 3 + 0.5) / 3, 12);
    expect(f1).toBeCloseTo(1.3 / 3, 12);
  });
});

describe('topKAccuracy', () => {
  beforeAll(async () => {
    setDefaultBackend(await createBackend('cpu'));
  });

  it('counts targets among the k largest logits; of equal ones the first class leads', async () => {
    const logits = tf.tensor2d([
      [5, 4, 3, 2],
      [1, 2, 3, 4],
      [7, 7, 7, 7],
      [Number.NEGATIVE_INFINITY, 0, 1, 2],
    ]);
    const target = tf.tensor1d([1, 0, 1, 3], 'int32');
    const shares = [1, 2, 3, 4].map((k) => metrics.topKAccuracy(logits, target, k));
    expect(await Promise.all(shares.map(async (share) => (await share.data())[0]))).toEqual([0.25, 0.75, 0.75, 1]);
    expect(() => metrics.topKAccuracy(logits, target, 5)).toThrow('between 1 and 4, got 5');
  });
});

import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { metrics } from '../../src/index.ts';
import { onBackends } from '../golden/onBackends.ts';

onBackends('Totals', () => {
  it('sum up more scalars than are read at once, in double precision, and free them all', async () => {
    const { numTensors } = tf.memory();
    const totals = new metrics.Totals<'loss' | 'correct'>();
    let [loss, correct] = [0, 0];
    for (let i = 0; i < 200; i++) {
      totals.add({ loss: tf.scalar(i + 0.1), correct: tf.scalar(i, 'int32') });
      loss += Math.fround(i + 0.1);
      correct += i;
      expect(tf.memory().numTensors).toBeLessThanOrEqual(numTensors + 2 * 64 + 8);
    }
    expect(await totals.read()).toEqual({ loss, correct });
    expect(totals.count).toBe(200);
    expect(tf.memory().numTensors).toBe(numTensors);
    totals.add({ loss: tf.scalar(1), correct: tf.scalar(1, 'int32') });
    expect(await totals.read(), 'read again after more').toEqual({ loss: loss + 1, correct: correct + 1 });
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it('without a scalar are empty', async () => {
    expect(await new metrics.Totals().read()).toEqual({});
  });

  it('discard what has not been read', async () => {
    const { numTensors } = tf.memory();
    const totals = new metrics.Totals();
    for (let i = 0; i < 70; i++) totals.add({ loss: tf.scalar(i) });
    await totals.discard();
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

onBackends('accuracy', () => {
  const logits = () =>
    tf.tensor2d([
      [0.1, 0.9],
      [0.8, 0.2],
      [-1, -2],
    ]);

  it('counts the rows whose largest logit is at the target, on the device', async () => {
    const [x, target] = [logits(), tf.tensor1d([1, 1, 0], 'int32')];
    const { numTensors } = tf.memory();
    const [correct, accuracy] = [metrics.correct(x, target), metrics.accuracy(x, target)];
    expect([correct.dtype, (await correct.data())[0], (await accuracy.data())[0]]).toEqual([
      'int32',
      2,
      Math.fround(2 / 3),
    ]);
    tf.dispose([correct, accuracy]);
    expect(tf.memory().numTensors).toBe(numTensors);
    tf.dispose([x, target]);
  });

  it('refuses targets that are not one for each row', () => {
    tf.tidy(() => {
      expect(() => metrics.correct(logits(), tf.tensor1d([1], 'int32'))).toThrow(
        'correct: expected target of shape [3], got [1]',
      );
    });
  });
});

describe('a ConfusionMatrix', () => {
  it('counts predictions by target', () => {
    const matrix = new metrics.ConfusionMatrix(3).update([0, 1, 1, 2], [0, 1, 2, 2]).update([0], [2]);
    expect(matrix.toArray()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [1, 1, 1],
    ]);
    expect([matrix.at(2, 1), matrix.total, matrix.accuracy]).toEqual([1, 5, 3 / 5]);
    expect(new metrics.ConfusionMatrix(2).accuracy).toBeNaN();
  });

  it.each([
    [[0, 1], [0], 'expected as many predictions as targets, got 2 and 1'],
    [[0, 3], [0, 1], 'expected classes below 3, got 3 for 1'],
    [[0, 1], [0, -1], 'expected classes below 3, got 1 for -1'],
    [[0, 0.5], [0, 1], 'expected classes below 3, got 0.5 for 1'],
  ])('refuses %j for %j and counts nothing of it', (predictions, targets, message) => {
    const matrix = new metrics.ConfusionMatrix(3);
    expect(() => matrix.update(predictions, targets)).toThrow(message);
    expect(matrix.total).toBe(0);
  });

  it.each([0, 2.5, Number.NaN])('cannot be of %s classes', (classes) => {
    expect(() => new metrics.ConfusionMatrix(classes)).toThrow(
      `ConfusionMatrix: expected a whole number of classes above 0, got ${classes}`,
    );
  });
});

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createBackend, functional as F, setDefaultBackend, valueAndGrad } from '../../src/index.ts';

describe.each(['simd', 'cpu'])('cross-entropy of a linear map on %s', (name) => {
  beforeAll(async () => setDefaultBackend(await createBackend(name)));

  it('predicts the class of the largest logit where the target counts', async () => {
    const weight = tf.tensor2d([
      [1, 0],
      [0, 1],
      [-1, -1],
    ]);
    const input = tf.tensor3d([
      [
        [2, 1],
        [1, 3],
      ],
      [
        [-2, -1],
        [5, 5],
      ],
    ]);
    const target = tf.tensor2d(
      [
        [0, 0],
        [2, -100],
      ],
      [2, 2],
      'int32',
    );
    const { loss, predictions } = F.linearCrossEntropyWithPredictions(input, weight, target);
    expect(await predictions.array()).toEqual([
      [0, 1],
      [2, -1],
    ]);
    const plain = F.crossEntropy(F.linear(tf.reshape(input, [4, 2]), weight), tf.reshape(target, [4]));
    expect((await loss.data())[0]).toBeCloseTo((await plain.data())[0]!, 6);
    expect(F.linearCrossEntropy(input, weight, target, { reduction: 'none' }).shape).toEqual([2, 2]);
  });

  it('leaves no tensor behind', () => {
    const [input, weight, bias] = [tf.ones([4, 3]), tf.ones([5, 3]), tf.zeros([5])];
    const target = tf.tensor1d([0, -100, 2, 4], 'int32');
    const before = tf.memory().numTensors;
    const { value, grads } = valueAndGrad(
      () => F.linearCrossEntropy(input, weight, target, { linearBias: bias }),
      [input, weight, bias],
    );
    tf.dispose([value, grads] as never);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('says what does not fit', () => {
    const [input, weight, target] = [tf.zeros([2, 3]), tf.zeros([5, 3]), tf.zeros([2], 'int32')];
    expect(() => F.linearCrossEntropy(tf.zeros([2, 4]), weight, target)).toThrow(
      'linearCrossEntropy: expected 3 input features (input [2, 4])',
    );
    expect(() => F.linearCrossEntropy(input, weight, tf.zeros([3], 'int32'))).toThrow(
      'expected target of shape [2], got [3]',
    );
    expect(() => F.linearCrossEntropy(input, weight, tf.zeros([2]))).toThrow(
      'expected target of type int32, got float32',
    );
    expect(() => F.linearCrossEntropy(input, weight, target, { linearBias: tf.zeros([3]) })).toThrow(
      'expected linearBias of shape [5], got [3]',
    );
  });
});

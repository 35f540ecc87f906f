import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import { expectRank, expectShape } from '../tensor/shape.ts';

/**
 * The share of rows whose target is among their k largest logits, as a float32 scalar on the device. Of equal logits the
 * one of the lower class comes first, as in `argMax`, so that k = 1 is the accuracy.
 *
 * Shape: logits `[N, C]`, target int32 `[N]` → scalar.
 *
 * @throws {RangeError} unless k is whole and between 1 and C.
 */
export function topKAccuracy(logits: Tensor, target: Tensor, k: number): Tensor {
  expectRank('topKAccuracy', logits, [2], '[N, C]');
  const [rows, classes] = logits.shape as [number, number];
  expectShape('topKAccuracy', 'target', target, [rows]);
  if (!Number.isInteger(k) || k < 1 || k > classes) {
    throw new RangeError(`topKAccuracy: expected k whole and between 1 and ${classes}, got ${k}`);
  }
  return commonBackend('topKAccuracy', [logits, target]).run(() =>
    tf.tidy(() => {
      const column = tf.reshape(target, [-1, 1]);
      const numbers = tf.range(0, classes, 1, 'int32');
      const hit = tf.equal(column, numbers);
      const own = tf.sum(tf.where(hit, logits, tf.zerosLike(logits)), 1, true);
      const before = tf.logicalAnd(tf.equal(logits, own), tf.less(numbers, column));
      const rank = tf.sum(tf.cast(tf.logicalOr(tf.greater(logits, own), before), 'float32'), 1);
      return tf.mean(tf.cast(tf.less(rank, k), 'float32'));
    }),
  );
}

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import { expectShape } from '../tensor/shape.ts';

/**
 * How many rows have their largest logit at the target: `(logits.argmax(1) == target).sum()`, on the device.
 *
 * Shape: logits `[N, C]`, target int32 `[N]` → int32 scalar.
 */
export function correct(logits: Tensor, target: Tensor): Tensor {
  expectShape('correct', 'target', target, [logits.shape[0]]);
  return commonBackend('correct', [logits, target]).run(() =>
    tf.tidy(() => tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), target), 'int32'))),
  );
}

/**
 * How many logits are on their target's side of 0: `((logits > 0) == target).sum()`, on the device.
 *
 * Shape: logits `[N]`, target `[N]` of zeros and ones → int32 scalar.
 */
export function binaryCorrect(logits: Tensor, target: Tensor): Tensor {
  expectShape('binaryCorrect', 'target', target, logits.shape);
  return commonBackend('binaryCorrect', [logits, target]).run(() =>
    tf.tidy(() => tf.sum(tf.cast(tf.equal(tf.greater(logits, 0), tf.cast(target, 'bool')), 'int32'))),
  );
}

/** The share of rows whose largest logit is at the target, as a float32 scalar on the device. */
export function accuracy(logits: Tensor, target: Tensor): Tensor {
  return commonBackend('accuracy', [logits, target]).run(() =>
    tf.tidy(() => tf.div(tf.cast(correct(logits, target), 'float32'), logits.shape[0])),
  );
}

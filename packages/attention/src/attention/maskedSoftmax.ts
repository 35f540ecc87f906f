import { backendOf, type Tensor } from '@flambeau/core';
import * as tf from '@tensorflow/tfjs-core';

/** So low that its power is 0, and finite, so that a row of nothing else stays finite, too. */
const LEAST_SCORE = -1e30;

/**
 * Softmax over the last axis, over the places within each row's length: those beyond it get weight 0 and no gradient,
 * whatever their score. A row of length 0 gets weights 0.
 *
 * Shape: scores `[N, T, S]`, lengths int32 `[N]` or null → `[N, T, S]`.
 */
export function maskedSoftmax(scores: Tensor, lengths: Tensor | null): Tensor {
  return backendOf(scores).run(() =>
    tf.tidy(() => {
      if (lengths === null) return tf.softmax(scores);
      const [batch, steps, places] = scores.shape as number[];
      const within = tf.less(tf.range(0, places!, 1, 'int32'), tf.reshape(lengths, [batch, 1, 1]));
      const kept = tf.tile(within, [1, steps!, 1]);
      const weights = tf.softmax(tf.where(kept, scores, tf.fill(scores.shape, LEAST_SCORE)));
      return tf.where(kept, weights, tf.zerosLike(weights));
    }),
  );
}

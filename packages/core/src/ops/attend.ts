import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** What one look at a sequence reads: query `[N, T, A]`, keys `[N, S, A]`, values `[N, S, C]`, score weight v `[A]`. */
export interface Attending {
  readonly query: Tensor;
  readonly keys: Tensor;
  readonly values: Tensor;
  readonly scoreWeight: Tensor;
}

/** Below every score: |v·tanh| is at most the sum of |v|. */
const LEAST_SCORE = -1e30;

/** `[N, S]`, true at the places before each row's length; undefined without lengths. */
export function placesWithin(lengths: Tensor | undefined, places: number): Tensor | undefined {
  if (lengths === undefined) return undefined;
  return tf.less(tf.range(0, places, 1, 'int32'), tf.reshape(lengths, [-1, 1]));
}

/** The rows `[N, S, D]` of a sequence, those beyond its length 0, whatever stood there. */
export function rowsWithin(rows: Tensor, within: Tensor | undefined): Tensor {
  if (within === undefined) return rows;
  return tf.where(tf.reshape(within, [...within.shape, 1]), rows, tf.zerosLike(rows));
}

/**
 * Bahdanau's attention: e = v·tanh(q + k), α = softmax(e) over the places within the length, c = Σ α·h. A row without any
 * such place has weights and context 0. Keys and values come from {@link rowsWithin}.
 */
export function attend(
  { query, keys, values, scoreWeight }: Attending,
  within: Tensor | undefined,
): { context: Tensor; weights: Tensor } {
  const [batch, steps] = query.shape as number[];
  const places = keys.shape[1] as number;
  const activations = activationsOf(query, keys);
  const scores = tf.reshape(tf.matMul(activations, tf.reshape(scoreWeight, [-1, 1])), [batch, steps, places]);
  const weights = softmaxWithin(scores, within);
  return { context: tf.matMul(weights, values), weights };
}

/**
 * The gradients of {@link attend}. With g the gradient of c and γ that of α: ∂α = g·h + γ, ∂e = α·(∂α − Σ α·∂α),
 * ∂(q + k) = ∂e·v·(1 − tanh²), of which ∂q is the sum over places and ∂k that over steps; ∂v = Σ ∂e·tanh, ∂h = Σ α·g.
 */
export function attendBackward(
  { query, keys, values, scoreWeight }: Attending,
  weights: Tensor,
  gradContext: Tensor,
  gradWeights: Tensor,
): { query: Tensor; keys: Tensor; values: Tensor; scoreWeight: Tensor } {
  const [batch, steps, features] = query.shape as number[];
  const places = keys.shape[1] as number;
  const ofWeights = tf.add(tf.matMul(gradContext, values, false, true), gradWeights);
  const mean = tf.sum(tf.mul(weights, ofWeights), 2, true);
  const ofScores = tf.reshape(tf.mul(weights, tf.sub(ofWeights, mean)), [-1, 1]);
  const activations = activationsOf(query, keys);
  const slopes = tf.mul(tf.sub(1, tf.square(activations)), tf.reshape(scoreWeight, [1, -1]));
  const ofSums = tf.reshape(tf.mul(ofScores, slopes), [batch, steps, places, features]);
  return {
    query: tf.sum(ofSums, 2),
    keys: tf.sum(ofSums, 1),
    values: tf.matMul(weights, gradContext, true),
    scoreWeight: tf.reshape(tf.matMul(ofScores, activations, true), [features]),
  };
}

/** tanh(q + k) of every step and place, `[N · T · S, A]`. */
function activationsOf(query: Tensor, keys: Tensor): Tensor {
  const [batch, steps, features] = query.shape as number[];
  const places = keys.shape[1] as number;
  const sums = tf.add(tf.reshape(query, [batch, steps, 1, features]), tf.reshape(keys, [batch, 1, places, features]));
  return tf.tanh(tf.reshape(sums, [-1, features]));
}

function softmaxWithin(scores: Tensor, within: Tensor | undefined): Tensor {
  if (within === undefined) return tf.softmax(scores);
  const [batch, steps, places] = scores.shape as number[];
  const kept = tf.tile(tf.reshape(within, [batch, 1, places]), [1, steps, 1]);
  const masked = tf.where(kept, scores, tf.fill([batch, steps, places], LEAST_SCORE));
  const powers = tf.exp(tf.sub(masked, tf.max(masked, 2, true)));
  const real = tf.where(kept, powers, tf.zerosLike(powers));
  return tf.divNoNan(real, tf.sum(real, 2, true));
}

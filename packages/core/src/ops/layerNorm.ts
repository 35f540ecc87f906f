import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { defineOp } from './op.ts';

/**
 * Layer normalisation: input `[M, D]`, weight γ `[D]`, bias β `[D]` → output, mean `[M]` and 1/√(σ² + ε) `[M]`. For each
 * row μ = Σx/D, σ² = Σ(x − μ)²/D, y = γ·(x − μ)/√(σ² + ε) + β.
 */
export const layerNorm = defineOp<{ input: Tensor; weight: Tensor; bias: Tensor }, { readonly eps: number }>({
  name: 'flambeau::layer_norm',
  outputs: 1,
  composed({ input, weight, bias }, { eps }) {
    const { normalised, mean, rstd } = normaliseRows(input, eps);
    return [tf.add(tf.mul(normalised, weight), bias), mean, rstd];
  },
  saved: ({ input, weight }, [, mean, rstd]) => [input, weight, mean, rstd],
  gradient(gradOutput, [input, weight, mean, rstd]) {
    const [gradInput, gradWeight, gradBias] = layerNormBackward({ gradOutput, input, mean, rstd, weight }, {});
    return { input: () => gradInput, weight: () => gradWeight, bias: () => gradBias };
  },
});

/**
 * The gradients of {@link layerNorm} by input, weight and bias: ∂β = Σg, ∂γ = Σg·x̂ over rows, and with h = g·γ
 * ∂x = (h − mean(h) − x̂·mean(h·x̂))/√(σ² + ε), means over the row.
 */
export const layerNormBackward = defineOp<
  { gradOutput: Tensor; input: Tensor; mean: Tensor; rstd: Tensor; weight: Tensor },
  object
>({
  name: 'flambeau::layer_norm_backward',
  outputs: 3,
  composed({ gradOutput, input, mean, rstd, weight }) {
    const normalised = tf.mul(tf.sub(input, tf.reshape(mean, [-1, 1])), tf.reshape(rstd, [-1, 1]));
    const gradInput = rowsBackward(tf.mul(gradOutput, weight), normalised, rstd);
    return [gradInput, tf.sum(tf.mul(gradOutput, normalised), 0), tf.sum(gradOutput, 0)];
  },
});

/** Rows `[M, D]` with mean 0 and variance 1, and what made them so. */
export function normaliseRows(rows: Tensor, eps: number): { normalised: Tensor; mean: Tensor; rstd: Tensor } {
  const mean = tf.mean(rows, 1);
  const centred = tf.sub(rows, tf.reshape(mean, [-1, 1]));
  const rstd = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1), eps));
  return { normalised: tf.mul(centred, tf.reshape(rstd, [-1, 1])), mean, rstd };
}

/** The gradient of {@link normaliseRows} by its rows. */
export function rowsBackward(gradient: Tensor, normalised: Tensor, rstd: Tensor): Tensor {
  const along = tf.mean(tf.mul(gradient, normalised), 1, true);
  const own = tf.sub(tf.sub(gradient, tf.mean(gradient, 1, true)), tf.mul(normalised, along));
  return tf.mul(own, tf.reshape(rstd, [-1, 1]));
}

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { defineOp } from './op.ts';

/**
 * Batch normalisation by the batch's own statistics: input `[N, C, …]`, weight γ `[C]`, bias β `[C]` → output, mean `[C]`
 * and biased variance `[C]`. For each channel over all other axes, of m elements together:
 * μ = Σx/m, σ² = Σ(x − μ)²/m, y = γ·(x − μ)/√(σ² + ε) + β.
 */
export const batchNorm = defineOp<{ input: Tensor; weight: Tensor; bias: Tensor }, { readonly eps: number }>({
  name: 'flambeau::batch_norm',
  outputs: 3,
  composed({ input, weight, bias }, { eps }) {
    const axes = otherAxes(input);
    const mean = tf.mean(input, axes);
    const centred = tf.sub(input, perChannel(mean, input));
    const variance = tf.mean(tf.square(centred), axes);
    const scale = tf.mul(weight, tf.rsqrt(tf.add(variance, eps)));
    return [tf.add(tf.mul(centred, perChannel(scale, input)), perChannel(bias, input)), mean, variance];
  },
  saved: ({ input, weight }, [, mean, variance]) => [input, weight, mean, variance],
  gradient(gradOutput, [input, weight, mean, variance], { eps }) {
    // One pass gives all three; what is not asked for is freed with the rest of the backward pass.
    const [gradInput, gradWeight, gradBias] = batchNormBackward({ gradOutput, input, mean, variance, weight }, { eps });
    return { input: () => gradInput, weight: () => gradWeight, bias: () => gradBias };
  },
});

/**
 * The gradients of {@link batchNorm} by input, weight and bias. With x̂ the normalised input and g the gradient:
 * ∂β = Σg, ∂γ = Σg·x̂, ∂x = γ/√(σ² + ε) · (g − ∂β/m − x̂·∂γ/m).
 */
export const batchNormBackward = defineOp<
  { gradOutput: Tensor; input: Tensor; mean: Tensor; variance: Tensor; weight: Tensor },
  { readonly eps: number }
>({
  name: 'flambeau::batch_norm_backward',
  outputs: 3,
  composed({ gradOutput, input, mean, variance, weight }, { eps }) {
    const axes = otherAxes(input);
    const count = input.size / mean.size;
    const inverse = tf.rsqrt(tf.add(variance, eps));
    const normalised = tf.mul(tf.sub(input, perChannel(mean, input)), perChannel(inverse, input));
    const gradBias = tf.sum(gradOutput, axes);
    const gradWeight = tf.sum(tf.mul(gradOutput, normalised), axes);
    const throughBias = perChannel(tf.div(gradBias, count), input);
    const throughWeight = tf.mul(normalised, perChannel(tf.div(gradWeight, count), input));
    const own = tf.sub(tf.sub(gradOutput, throughBias), throughWeight);
    return [tf.mul(own, perChannel(tf.mul(weight, inverse), input)), gradWeight, gradBias];
  },
});

const otherAxes = (input: Tensor): number[] => [0, ...input.shape.map((_, axis) => axis).slice(2)];

/** Gives a `[C]` tensor the rank of `input`, so that it broadcasts along the channels. */
export const perChannel = (values: Tensor, input: Tensor): Tensor =>
  tf.reshape(values, [1, -1, ...new Array(input.rank - 2).fill(1)]);

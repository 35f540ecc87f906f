import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { normaliseRows, rowsBackward } from './layerNorm.ts';
import { defineOp } from './op.ts';

/** Attributes of {@link groupNorm}. */
export interface GroupNormAttributes {
  readonly numGroups: number;
  readonly eps: number;
}

/**
 * Group normalisation: input `[N, C, L]`, weight γ `[C]`, bias β `[C]` → output, and for each image and group of
 * channels the mean and 1/√(σ² + ε), `[N·G]`. Statistics run over the group's channels and L; γ and β are the channels'.
 */
export const groupNorm = defineOp<{ input: Tensor; weight: Tensor; bias: Tensor }, GroupNormAttributes>({
  name: 'flambeau::group_norm',
  outputs: 1,
  composed({ input, weight, bias }, { numGroups, eps }) {
    const { normalised, mean, rstd } = normaliseRows(asRows(input, numGroups), eps);
    const scaled = tf.mul(tf.reshape(normalised, input.shape), tf.reshape(weight, [1, -1, 1]));
    return [tf.add(scaled, tf.reshape(bias, [1, -1, 1])), mean, rstd];
  },
  saved: ({ input, weight }, [, mean, rstd]) => [input, weight, mean, rstd],
  gradient(gradOutput, [input, weight, mean, rstd], attributes) {
    const [gradInput, gradWeight, gradBias] = groupNormBackward({ gradOutput, input, mean, rstd, weight }, attributes);
    return { input: () => gradInput, weight: () => gradWeight, bias: () => gradBias };
  },
});

/** The gradients of {@link groupNorm} by input, weight and bias; as a layer norm's, whose rows are the groups. */
export const groupNormBackward = defineOp<
  { gradOutput: Tensor; input: Tensor; mean: Tensor; rstd: Tensor; weight: Tensor },
  GroupNormAttributes
>({
  name: 'flambeau::group_norm_backward',
  outputs: 3,
  composed({ gradOutput, input, mean, rstd, weight }, { numGroups }) {
    const centred = tf.sub(asRows(input, numGroups), tf.reshape(mean, [-1, 1]));
    const normalised = tf.mul(centred, tf.reshape(rstd, [-1, 1]));
    const through = tf.mul(gradOutput, tf.reshape(weight, [1, -1, 1]));
    const gradInput = rowsBackward(asRows(through, numGroups), normalised, rstd);
    const perChannel = tf.mul(gradOutput, tf.reshape(normalised, input.shape));
    return [tf.reshape(gradInput, input.shape), tf.sum(perChannel, [0, 2]), tf.sum(gradOutput, [0, 2])];
  },
});

/** One row for each image and group. */
function asRows(input: Tensor, groups: number): Tensor {
  const [batch, channels, places] = input.shape as number[];
  return tf.reshape(input, [batch * groups, (channels / groups) * places]);
}

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { defineOp } from './op.ts';

/** Attributes of {@link smoothL1}. */
export interface SmoothL1Attributes {
  /** Where the parabola gives way to the line; with 0 there is no parabola. */
  readonly beta: number;
}

/** With d = x − y, element by element: d²/(2β) where |d| < β, |d| − β/2 elsewhere. With β = 0 it is |d|. */
export const smoothL1 = defineOp<{ input: Tensor; target: Tensor }, SmoothL1Attributes>({
  name: 'flambeau::smooth_l1_loss',
  outputs: 1,
  composed({ input, target }, { beta }) {
    const distance = tf.abs(tf.sub(input, target));
    if (beta === 0) return [distance];
    const parabola = tf.mul(tf.square(distance), 0.5 / beta);
    return [tf.where(tf.less(distance, beta), parabola, tf.sub(distance, beta / 2))];
  },
  saved: ({ input, target }) => [input, target],
  gradient(gradOutput, [input, target], attributes) {
    const [forInput] = smoothL1Backward({ gradOutput, input, target }, attributes);
    return { input: () => forInput, target: () => tf.neg(forInput) };
  },
});

/** ∂L/∂input of {@link smoothL1}: g·d/β between −1 and 1; with β = 0 g·sign(d), 0 where both are equal. */
export const smoothL1Backward = defineOp<{ gradOutput: Tensor; input: Tensor; target: Tensor }, SmoothL1Attributes>({
  name: 'flambeau::smooth_l1_loss_backward',
  outputs: 1,
  composed({ gradOutput, input, target }, { beta }) {
    const difference = tf.sub(input, target);
    const slope = beta === 0 ? tf.sign(difference) : tf.clipByValue(tf.div(difference, beta), -1, 1);
    return [tf.mul(gradOutput, slope)];
  },
});

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { defineOp } from './op.ts';

/** Attributes of {@link leakyRelu}. */
export interface LeakyReluAttributes {
  readonly negativeSlope: number;
}

/** x above 0, negativeSlope·x elsewhere. */
export const leakyRelu = defineOp<{ input: Tensor }, LeakyReluAttributes>({
  name: 'flambeau::leaky_relu',
  outputs: 1,
  composed: ({ input }, { negativeSlope }) => [tf.leakyRelu(input, negativeSlope)],
  saved: ({ input }) => [input],
  gradient: (gradOutput, [input], attributes) => ({
    input: () => leakyReluBackward({ gradOutput, input }, attributes)[0],
  }),
});

/** ∂L/∂input of {@link leakyRelu}: the gradient above 0, negativeSlope times the gradient elsewhere, at 0 itself too. */
export const leakyReluBackward = defineOp<{ gradOutput: Tensor; input: Tensor }, LeakyReluAttributes>({
  name: 'flambeau::leaky_relu_backward',
  outputs: 1,
  composed: ({ gradOutput, input }, { negativeSlope }) => [
    tf.where(tf.greater(input, 0), gradOutput, tf.mul(gradOutput, negativeSlope)),
  ],
});

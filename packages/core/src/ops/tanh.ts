import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { defineOp } from './op.ts';

/** tanh(x), element by element. */
export const tanh = defineOp<{ input: Tensor }, object>({
  name: 'flambeau::tanh',
  outputs: 1,
  composed: ({ input }) => [tf.tanh(input)],
  saved: (_, [output]) => [output],
  gradient: (gradOutput, [output]) => ({ input: () => tanhBackward({ gradOutput, output }, {})[0] }),
});

/** ∂L/∂input of {@link tanh}: g·(1 − y²). */
export const tanhBackward = defineOp<{ gradOutput: Tensor; output: Tensor }, object>({
  name: 'flambeau::tanh_backward',
  outputs: 1,
  composed: ({ gradOutput, output }) => [tf.mul(gradOutput, tf.sub(1, tf.square(output)))],
});

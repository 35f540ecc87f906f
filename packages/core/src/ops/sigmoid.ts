import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { defineOp } from './op.ts';

/** σ(x) = 1/(1 + e^−x), element by element. */
export const sigmoid = defineOp<{ input: Tensor }, object>({
  name: 'flambeau::sigmoid',
  outputs: 1,
  composed: ({ input }) => [tf.sigmoid(input)],
  saved: (_, [output]) => [output],
  gradient: (gradOutput, [output]) => ({ input: () => sigmoidBackward({ gradOutput, output }, {})[0] }),
});

/** ∂L/∂input of {@link sigmoid}: g·y·(1 − y). */
export const sigmoidBackward = defineOp<{ gradOutput: Tensor; output: Tensor }, object>({
  name: 'flambeau::sigmoid_backward',
  outputs: 1,
  composed: ({ gradOutput, output }) => [tf.mul(gradOutput, tf.mul(tf.sub(1, output), output))],
});

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { defineOp } from './op.ts';

/** max(0, x), element by element; NaN stays NaN. */
export const relu = defineOp<{ input: Tensor }, object>({
  name: 'flambeau::relu',
  outputs: 1,
  composed: ({ input }) => [tf.relu(input)],
  saved: (_, [output]) => [output],
  gradient: (gradOutput, [output]) => ({ input: () => reluBackward({ gradOutput, output }, {})[0] }),
});

/** ∂L/∂input of {@link relu}: the gradient where the output is above zero (or NaN), 0 elsewhere, also at 0 itself. */
export const reluBackward = defineOp<{ gradOutput: Tensor; output: Tensor }, object>({
  name: 'flambeau::relu_backward',
  outputs: 1,
  composed: ({ gradOutput, output }) => [tf.where(tf.lessEqual(output, 0), tf.zerosLike(gradOutput), gradOutput)],
});

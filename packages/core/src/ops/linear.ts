import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { defineOp } from './op.ts';

/** y = x·Wᵀ + b: input `[M, K]`, weight `[O, K]`, bias `[O]` → `[M, O]`. */
export const linear = defineOp<{ input: Tensor; weight: Tensor; bias?: Tensor }, object>({
  name: 'flambeau::linear',
  outputs: 1,
  composed({ input, weight, bias }) {
    const product = tf.matMul(input, weight, false, true);
    return [bias === undefined ? product : tf.add(product, bias)];
  },
  saved: ({ input, weight }) => [input, weight],
  gradient: (gradOutput, [input, weight]) => ({
    input: () => tf.matMul(gradOutput, weight),
    weight: () => tf.matMul(gradOutput, input, true),
    bias: () => tf.sum(gradOutput, 0),
  }),
});

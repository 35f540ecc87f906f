import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { defineOp } from './op.ts';

/** x·σ(x), element by element. */
export const silu = defineOp<{ input: Tensor }, object>({
  name: 'flambeau::silu',
  outputs: 1,
  composed: ({ input }) => [tf.mul(input, tf.sigmoid(input))],
  saved: ({ input }) => [input],
  gradient: (gradOutput, [input]) => ({ input: () => siluBackward({ gradOutput, input }, {})[0] }),
});

/** ∂L/∂input of {@link silu}: g·σ(x)·(1 + x·(1 − σ(x))). */
export const siluBackward = defineOp<{ gradOutput: Tensor; input: Tensor }, object>({
  name: 'flambeau::silu_backward',
  outputs: 1,
  composed({ gradOutput, input }) {
    const sigmoid = tf.sigmoid(input);
    const slope = tf.mul(sigmoid, tf.add(1, tf.mul(input, tf.sub(1, sigmoid))));
    return [tf.mul(gradOutput, slope)];
  },
});

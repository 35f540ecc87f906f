import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { defineOp } from './op.ts';

/** Attributes of {@link gelu}. */
export interface GeluAttributes {
  /** `'none'` is exact, by the error function; `'tanh'` Hendrycks and Gimpel's approximation. */
  readonly approximate: 'none' | 'tanh';
}

/** x·Φ(x), Φ the standard normal distribution: exact, or Φ(x) ≈ (1 + tanh(√(2/π)·(x + 0.044715x³)))/2. */
export const gelu = defineOp<{ input: Tensor }, GeluAttributes>({
  name: 'flambeau::gelu',
  outputs: 1,
  composed: ({ input }, { approximate }) => [tf.mul(input, distribution(input, approximate))],
  saved: ({ input }) => [input],
  gradient: (gradOutput, [input], attributes) => ({
    input: () => geluBackward({ gradOutput, input }, attributes)[0],
  }),
});

/** ∂L/∂input of {@link gelu}: g·(Φ(x) + x·Φ′(x)). */
export const geluBackward = defineOp<{ gradOutput: Tensor; input: Tensor }, GeluAttributes>({
  name: 'flambeau::gelu_backward',
  outputs: 1,
  composed({ gradOutput, input }, { approximate }) {
    const slope = tf.add(distribution(input, approximate), tf.mul(input, density(input, approximate)));
    return [tf.mul(gradOutput, slope)];
  },
});

const TANH_SCALE = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

const inner = (x: Tensor): Tensor => tf.mul(tf.mul(x, TANH_SCALE), tf.add(tf.mul(tf.square(x), CUBIC), 1));

function distribution(x: Tensor, approximate: GeluAttributes['approximate']): Tensor {
  const centred = approximate === 'tanh' ? tf.tanh(inner(x)) : tf.erf(tf.mul(x, Math.SQRT1_2));
  return tf.mul(tf.add(centred, 1), 0.5);
}

/** The derivative of {@link distribution}. */
function density(x: Tensor, approximate: GeluAttributes['approximate']): Tensor {
  if (approximate === 'none') return tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  const slope = tf.mul(tf.add(tf.mul(tf.square(x), 3 * CUBIC), 1), TANH_SCALE / 2);
  return tf.mul(tf.sub(1, tf.square(tf.tanh(inner(x)))), slope);
}

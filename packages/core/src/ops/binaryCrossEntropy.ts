import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { defineOp } from './op.ts';

/** −(y·log x + (1 − y)·log(1 − x)), element by element; logarithms are kept at −100 or above, as PyTorch's. */
export const binaryCrossEntropy = defineOp<{ input: Tensor; target: Tensor }, object>({
  name: 'flambeau::binary_cross_entropy',
  outputs: 1,
  composed({ input, target }) {
    const own = tf.maximum(tf.log(input), -100);
    const other = tf.maximum(tf.log1p(tf.neg(input)), -100);
    return [tf.neg(tf.add(tf.mul(target, own), tf.mul(tf.sub(1, target), other)))];
  },
  saved: ({ input, target }) => [input, target],
  gradient: (gradOutput, [input, target]) => ({
    input: () => binaryCrossEntropyBackward({ gradOutput, input, target }, {})[0],
    // Without the bound of −100, as PyTorch's.
    target: () => tf.mul(gradOutput, tf.sub(tf.log1p(tf.neg(input)), tf.log(input))),
  }),
});

/** ∂L/∂input of {@link binaryCrossEntropy}: g·(x − y)/max(x·(1 − x), 1e-12). */
export const binaryCrossEntropyBackward = defineOp<{ gradOutput: Tensor; input: Tensor; target: Tensor }, object>({
  name: 'flambeau::binary_cross_entropy_backward',
  outputs: 1,
  composed({ gradOutput, input, target }) {
    const below = tf.maximum(tf.mul(input, tf.sub(1, input)), 1e-12);
    return [tf.mul(gradOutput, tf.div(tf.sub(input, target), below))];
  },
});

/**
 * Binary cross-entropy of logits, element by element: (1 − y)·x + (1 + (p − 1)·y)·log(1 + e^−x), without overflow; the
 * positive weight p broadcasts.
 */
export const binaryCrossEntropyWithLogits = defineOp<{ input: Tensor; target: Tensor; posWeight: Tensor }, object>({
  name: 'flambeau::binary_cross_entropy_with_logits',
  outputs: 1,
  composed({ input, target, posWeight }) {
    const positives = tf.add(1, tf.mul(tf.sub(posWeight, 1), target));
    return [tf.add(tf.mul(tf.sub(1, target), input), tf.mul(positives, softplusOfMinus(input)))];
  },
  saved: ({ input, target, posWeight }) => [input, target, posWeight],
  gradient: (gradOutput, [input, target, posWeight]) => ({
    input: () => binaryCrossEntropyWithLogitsBackward({ gradOutput, input, target, posWeight }, {})[0],
    target: () => tf.mul(gradOutput, tf.sub(tf.mul(tf.sub(posWeight, 1), softplusOfMinus(input)), input)),
  }),
});

/** log(1 + e^−x), without overflow. */
const softplusOfMinus = (x: Tensor): Tensor => tf.add(tf.relu(tf.neg(x)), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));

/** ∂L/∂input of {@link binaryCrossEntropyWithLogits}: g·((p·y + 1 − y)·σ(x) − p·y). */
export const binaryCrossEntropyWithLogitsBackward = defineOp<
  { gradOutput: Tensor; input: Tensor; target: Tensor; posWeight: Tensor },
  object
>({
  name: 'flambeau::binary_cross_entropy_with_logits_backward',
  outputs: 1,
  composed({ gradOutput, input, target, posWeight }) {
    const weighed = tf.mul(posWeight, target);
    const slope = tf.mul(tf.add(weighed, tf.sub(1, target)), tf.sigmoid(input));
    return [tf.mul(gradOutput, tf.sub(slope, weighed))];
  },
});

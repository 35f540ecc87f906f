import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { defineOp } from './op.ts';

export type Reduction = 'mean' | 'sum' | 'none';

/** Attributes of {@link crossEntropy}. */
export interface CrossEntropyAttributes {
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;
  readonly reduction: Reduction;
}

/**
 * Cross-entropy of class indices from logits: input `[N, C]`, target int32 `[N]`, weight `[C]` → loss (scalar, or `[N]`
 * unreduced), probabilities `[N, C]` (softmax; 0 in the rows of ignored targets), and the summed weight of the targets that count (what a mean divides by).
 *
 * With w the class weights, ε the label smoothing and p = softmax(x):
 * ℓₙ = −(1 − ε)·w_y·log p_y − (ε/C)·Σ_c w_c·log p_c, and 0 where y is `ignoreIndex`.
 */
export const crossEntropy = defineOp<{ input: Tensor; target: Tensor; weight: Tensor }, CrossEntropyAttributes>({
  name: 'flambeau::cross_entropy',
  outputs: 1,
  composed({ input, target, weight }, attributes) {
    const logProbabilities = tf.logSoftmax(input);
    const { picked, counts } = targets(target, weight, attributes);
    const totalWeight = tf.sum(picked);
    const share = shares(picked, counts, weight, attributes);
    // A class without a share does not count, also where its probability is 0 and 0·log 0 would be NaN.
    const terms = tf.where(tf.equal(share, 0), tf.zerosLike(share), tf.mul(share, logProbabilities));
    const losses = tf.neg(tf.sum(terms, 1));
    const loss = { none: () => losses, sum: () => tf.sum(losses), mean: () => tf.div(tf.sum(losses), totalWeight) };
    const probabilities = tf.mul(tf.exp(logProbabilities), counts);
    return [loss[attributes.reduction](), probabilities, totalWeight];
  },
  saved: ({ target, weight }, [, probabilities, totalWeight]) => [probabilities, target, weight, totalWeight],
  gradient: (gradOutput, [probabilities, target, weight, totalWeight], attributes) => ({
    input: () => crossEntropyBackward({ gradOutput, probabilities, target, weight, totalWeight }, attributes)[0],
  }),
});

/** ∂L/∂input of {@link crossEntropy}: with s the share of each class in ℓ, p·Σs − s, scaled as the loss is. */
export const crossEntropyBackward = defineOp<
  { gradOutput: Tensor; probabilities: Tensor; target: Tensor; weight: Tensor; totalWeight: Tensor },
  CrossEntropyAttributes
>({
  name: 'flambeau::cross_entropy_backward',
  outputs: 1,
  composed({ gradOutput, probabilities, target, weight, totalWeight }, attributes) {
    const { picked, counts } = targets(target, weight, attributes);
    const share = shares(picked, counts, weight, attributes);
    const gradient = tf.sub(tf.mul(probabilities, tf.sum(share, 1, true)), share);
    const perLoss = attributes.reduction === 'mean' ? tf.divNoNan(gradOutput, totalWeight) : gradOutput;
    return [tf.mul(gradient, attributes.reduction === 'none' ? tf.reshape(perLoss, [-1, 1]) : perLoss)];
  },
});

/** `picked` `[N, C]`: the target's class weight at the target's place; `counts` `[N, 1]`: 1, or 0 for an ignored target. */
export function targets(target: Tensor, weight: Tensor, { ignoreIndex }: { readonly ignoreIndex: number }) {
  const kept = tf.notEqual(target, tf.scalar(ignoreIndex, 'int32'));
  const counts = tf.reshape(tf.cast(kept, 'float32'), [-1, 1]);
  // An ignored target may be one of the classes. (TensorFlow.js's oneHot refuses a single class.)
  const classes = tf.range(0, weight.size, 1, 'int32');
  const hit = tf.cast(tf.equal(tf.reshape(target, [-1, 1]), classes), 'float32');
  return { picked: tf.mul(tf.mul(hit, counts), weight), counts };
}

/** How much −log p of each class counts in a row's loss, `[N, C]`. */
function shares(picked: Tensor, counts: Tensor, weight: Tensor, { labelSmoothing }: CrossEntropyAttributes): Tensor {
  if (labelSmoothing === 0) return picked;
  const smooth = tf.mul(tf.mul(counts, weight), labelSmoothing / weight.size);
  return tf.add(tf.mul(picked, 1 - labelSmoothing), smooth);
}

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type CrossEntropyAttributes, crossEntropy, crossEntropyBackward } from './crossEntropy.ts';
import { linear } from './linear.ts';
import { defineOp } from './op.ts';

/** Inputs of {@link linearCrossEntropy}. */
export type LinearCrossEntropyInputs = {
  /** `[M, K]` */
  input: Tensor;
  /** `[C, K]` */
  linearWeight: Tensor;
  /** `[C]` */
  linearBias?: Tensor;
  /** int32 `[M]` */
  target: Tensor;
  /** `[C]` */
  weight: Tensor;
};

/**
 * Cross-entropy of the logits x·Wᵀ + b → loss (scalar, or `[M]` unreduced), predictions (int32 `[M]`: each row's largest
 * logit, −1 where the target is ignored), and for the gradient the probabilities and the summed weight of the targets that count.
 *
 * Composed, the probabilities are `[M, C]`; a kernel may keep those of the rows that count alone, since it need not compute any
 * others.
 */
export const linearCrossEntropy = defineOp<LinearCrossEntropyInputs, CrossEntropyAttributes>({
  name: 'flambeau::linear_cross_entropy',
  outputs: 1,
  composed({ input, linearWeight, linearBias, target, weight }, attributes) {
    const [logits] = linear.definition.composed({ input, weight: linearWeight, bias: linearBias }, {});
    const [loss, probabilities, totalWeight] = crossEntropy.definition.composed(
      { input: logits, target, weight },
      attributes,
    );
    const counts = tf.notEqual(target, tf.scalar(attributes.ignoreIndex, 'int32'));
    const predictions = tf.where(counts, tf.argMax(logits, 1), tf.fill(target.shape, -1, 'int32'));
    return [loss, predictions, probabilities, totalWeight];
  },
  saved: ({ input, linearWeight, target, weight }, [, , probabilities, totalWeight]) => [
    ...[input, linearWeight, target, weight, probabilities, totalWeight],
  ],
  gradient(gradOutput, [input, linearWeight, target, weight, probabilities, totalWeight], attributes) {
    const [ofInput, ofWeight, ofBias] = linearCrossEntropyBackward(
      { gradOutput, input, linearWeight, target, weight, probabilities, totalWeight },
      attributes,
    );
    return { input: () => ofInput, linearWeight: () => ofWeight, linearBias: () => ofBias };
  },
});

/** The gradients of {@link linearCrossEntropy} by input, linear weight and linear bias: with G that by the logits, G·W, Gᵀ·x and Σ G. */
export const linearCrossEntropyBackward = defineOp<
  {
    gradOutput: Tensor;
    input: Tensor;
    linearWeight: Tensor;
    target: Tensor;
    weight: Tensor;
    probabilities: Tensor;
    totalWeight: Tensor;
  },
  CrossEntropyAttributes
>({
  name: 'flambeau::linear_cross_entropy_backward',
  outputs: 3,
  composed({ gradOutput, input, linearWeight, target, weight, probabilities, totalWeight }, attributes) {
    const [ofLogits] = crossEntropyBackward.definition.composed(
      { gradOutput, probabilities, target, weight, totalWeight },
      attributes,
    );
    return [tf.matMul(ofLogits, linearWeight), tf.matMul(ofLogits, input, true), tf.sum(ofLogits, 0)];
  },
});

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Reduction, targets } from './crossEntropy.ts';
import { defineOp } from './op.ts';

/** Attributes of {@link nllLoss}. */
export interface NllLossAttributes {
  readonly ignoreIndex: number;
  readonly reduction: Reduction;
}

/**
 * Negative log-likelihood: log-probabilities `[N, C]`, target int32 `[N]`, weight `[C]` → loss (scalar, or `[N]`
 * unreduced), and the summed weight of the targets that count: ℓₙ = −w_y·x_y, and 0 where y is `ignoreIndex`.
 */
export const nllLoss = defineOp<{ input: Tensor; target: Tensor; weight: Tensor }, NllLossAttributes>({
  name: 'flambeau::nll_loss',
  outputs: 1,
  composed({ input, target, weight }, attributes) {
    const { picked } = targets(target, weight, attributes);
    const totalWeight = tf.sum(picked);
    // What is not picked does not count, also where it is −∞ and 0·∞ would be NaN.
    const terms = tf.where(tf.equal(picked, 0), tf.zerosLike(picked), tf.mul(picked, input));
    const losses = tf.neg(tf.sum(terms, 1));
    const loss = { none: () => losses, sum: () => tf.sum(losses), mean: () => tf.div(tf.sum(losses), totalWeight) };
    return [loss[attributes.reduction](), totalWeight];
  },
  saved: ({ target, weight }, [, totalWeight]) => [target, weight, totalWeight],
  gradient: (gradOutput, [target, weight, totalWeight], attributes) => ({
    input: () => nllLossBackward({ gradOutput, target, weight, totalWeight }, attributes)[0],
  }),
});

/** ∂L/∂input of {@link nllLoss}: −w_y at the target's place, scaled as the loss is. */
export const nllLossBackward = defineOp<
  { gradOutput: Tensor; target: Tensor; weight: Tensor; totalWeight: Tensor },
  NllLossAttributes
>({
  name: 'flambeau::nll_loss_backward',
  outputs: 1,
  composed({ gradOutput, target, weight, totalWeight }, attributes) {
    const { picked } = targets(target, weight, attributes);
    const perLoss = attributes.reduction === 'mean' ? tf.divNoNan(gradOutput, totalWeight) : gradOutput;
    const scale = attributes.reduction === 'none' ? tf.reshape(perLoss, [-1, 1]) : perLoss;
    return [tf.neg(tf.mul(picked, scale))];
  },
});

import type { NamedTensorMap, Tensor, Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { InPlaceOp } from './inPlace.ts';

export interface AdamAttributes {
  /** How many parameters the call updates. */
  readonly count: number;
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  /** AdamW: shrinks the parameter itself and leaves the moments alone. */
  readonly decoupledWeightDecay: boolean;
  /** Which step this is, counted from 1. */
  readonly step: number;
  readonly maximize: boolean;
}

export interface AdamSlot {
  readonly param: Variable;
  readonly grad: Tensor;
  readonly expAvg: Variable;
  readonly expAvgSq: Variable;
}

/**
 * One step of Adam or AdamW over all parameters, in place:
 * m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − lr/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε).
 *
 * Source: Kingma and Ba, arXiv 1412.6980; Loshchilov and Hutter, arXiv 1711.05101; `torch/optim/adam.py`, whose order of
 * operations this follows.
 */
export const adam_: InPlaceOp<readonly AdamSlot[], AdamAttributes> = {
  name: 'flambeau::adam_',
  named(slots) {
    const named: NamedTensorMap = {};
    slots.forEach(({ param, grad, expAvg, expAvgSq }, i) => {
      named[`param${i}`] = param;
      named[`grad${i}`] = grad;
      named[`expAvg${i}`] = expAvg;
      named[`expAvgSq${i}`] = expAvgSq;
    });
    return named;
  },
  composed(slots, attributes) {
    const { lr, beta1, beta2, eps, weightDecay, decoupledWeightDecay, step, maximize } = attributes;
    const stepSize = lr / (1 - beta1 ** step);
    const rootCorrection2 = Math.sqrt(1 - beta2 ** step);
    for (const { param, grad, expAvg, expAvgSq } of slots) {
      tf.tidy(() => {
        let gradient = maximize ? tf.neg(grad) : grad;
        let value: Tensor = param;
        if (weightDecay !== 0 && decoupledWeightDecay) value = tf.mul(value, 1 - lr * weightDecay);
        else if (weightDecay !== 0) gradient = tf.add(gradient, tf.mul(value, weightDecay));
        expAvg.assign(tf.add(expAvg, tf.mul(tf.sub(gradient, expAvg), 1 - beta1)));
        expAvgSq.assign(tf.add(tf.mul(expAvgSq, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
        const denominator = tf.add(tf.div(tf.sqrt(expAvgSq), rootCorrection2), eps);
        param.assign(tf.sub(value, tf.mul(tf.div(expAvg, denominator), stepSize)));
      });
    }
  },
};

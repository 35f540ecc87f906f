import type { NamedTensorMap, Tensor, Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { InPlaceOp } from './inPlace.ts';

export interface SgdAttributes {
  /** How many parameters the call updates. */
  readonly count: number;
  readonly lr: number;
  readonly momentum: number;
  readonly dampening: number;
  readonly weightDecay: number;
  readonly nesterov: boolean;
  readonly maximize: boolean;
  /** The first step, in which the momentum buffer becomes the gradient itself. */
  readonly firstStep: boolean;
}

export interface SgdSlot {
  readonly param: Variable;
  readonly grad: Tensor;
  /** Only with momentum. */
  readonly momentumBuffer?: Variable;
}

/**
 * One step of stochastic gradient descent over all parameters, in place: g ← g + λθ; b ← μb + (1 − τ)g (b ← g in the
 * first step); θ ← θ − lr·b, or θ ← θ − lr·(g + μb) with Nesterov's momentum.
 *
 * Source: Sutskever et al., 2013; `torch/optim/sgd.py`, whose order of operations this follows.
 */
export const sgd_: InPlaceOp<readonly SgdSlot[], SgdAttributes> = {
  name: 'flambeau::sgd_',
  named(slots) {
    const named: NamedTensorMap = {};
    slots.forEach(({ param, grad, momentumBuffer }, i) => {
      named[`param${i}`] = param;
      named[`grad${i}`] = grad;
      if (momentumBuffer !== undefined) named[`momentumBuffer${i}`] = momentumBuffer;
    });
    return named;
  },
  composed(slots, { lr, momentum, dampening, weightDecay, nesterov, maximize, firstStep }) {
    for (const { param, grad, momentumBuffer } of slots) {
      tf.tidy(() => {
        let gradient = maximize ? tf.neg(grad) : grad;
        if (weightDecay !== 0) gradient = tf.add(gradient, tf.mul(param, weightDecay));
        if (momentumBuffer !== undefined) {
          if (firstStep) momentumBuffer.assign(tf.clone(gradient));
          else momentumBuffer.assign(tf.add(tf.mul(momentumBuffer, momentum), tf.mul(gradient, 1 - dampening)));
          gradient = nesterov ? tf.add(gradient, tf.mul(momentumBuffer, momentum)) : momentumBuffer;
        }
        param.assign(tf.sub(param, tf.mul(gradient, lr)));
      });
    }
  },
};

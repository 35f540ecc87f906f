import type { NamedTensorMap, Tensor, Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { InPlaceOp } from './inPlace.ts';

export interface RmsPropAttributes {
  /** How many parameters the call updates. */
  readonly count: number;
  readonly lr: number;
  readonly alpha: number;
  readonly eps: number;
  readonly weightDecay: number;
  readonly momentum: number;
  readonly centered: boolean;
  readonly maximize: boolean;
}

export interface RmsPropSlot {
  readonly param: Variable;
  readonly grad: Tensor;
  readonly squareAvg: Variable;
  /** Only if centred. */
  readonly gradAvg?: Variable;
  /** Only with momentum. */
  readonly momentumBuffer?: Variable;
}

/**
 * One step of RMSprop over all parameters, in place: g ← g + λθ; v ← αv + (1 − α)g²; d = √v + ε (centred
 * √(v − ḡ²) + ε, ḡ ← αḡ + (1 − α)g); θ ← θ − lr·g/d, or with momentum b ← μb + g/d and θ ← θ − lr·b.
 *
 * Source: Tieleman and Hinton, 2012; `torch/optim/rmsprop.py`, whose order of operations this follows.
 */
export const rmsprop_: InPlaceOp<readonly RmsPropSlot[], RmsPropAttributes> = {
  name: 'flambeau::rmsprop_',
  named(slots) {
    const named: NamedTensorMap = {};
    slots.forEach((slot, i) => {
      for (const [name, tensor] of Object.entries(slot)) if (tensor !== undefined) named[`${name}${i}`] = tensor;
    });
    return named;
  },
  composed(slots, { lr, alpha, eps, weightDecay, momentum, maximize }) {
    for (const { param, grad, squareAvg, gradAvg, momentumBuffer } of slots) {
      tf.tidy(() => {
        let gradient = maximize ? tf.neg(grad) : grad;
        if (weightDecay !== 0) gradient = tf.add(gradient, tf.mul(param, weightDecay));
        squareAvg.assign(tf.add(tf.mul(squareAvg, alpha), tf.mul(tf.square(gradient), 1 - alpha)));
        let square: Tensor = squareAvg;
        if (gradAvg !== undefined) {
          gradAvg.assign(tf.add(gradAvg, tf.mul(tf.sub(gradient, gradAvg), 1 - alpha)));
          square = tf.sub(square, tf.square(gradAvg));
        }
        let direction = tf.div(gradient, tf.add(tf.sqrt(square), eps));
        if (momentumBuffer !== undefined) {
          momentumBuffer.assign(tf.add(tf.mul(momentumBuffer, momentum), direction));
          direction = momentumBuffer;
        }
        param.assign(tf.sub(param, tf.mul(direction, lr)));
      });
    }
  },
};

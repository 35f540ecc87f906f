import { runInPlace } from '../ops/inPlace.ts';
import { rmsprop_ } from '../ops/rmsprop.ts';
import { checkNonNegative, Optimizer, type UpdateSlot } from './optimizer.ts';
import type { FilledGroup, Hyperparameters, Trained } from './parameterGroups.ts';

export interface RmsPropOptions {
  /** Learning rate. Default 0.01. */
  readonly lr?: number;
  /** Decay of the average of the squared gradient. Default 0.99. */
  readonly alpha?: number;
  /** Added to the denominator. Default 1e-8. */
  readonly eps?: number;
  /** An L2 penalty. Default 0. */
  readonly weightDecay?: number;
  /** How much of the last step's direction stays. Default 0. */
  readonly momentum?: number;
  /** Divides by the gradient's estimated deviation rather than its root mean square. Default false. */
  readonly centered?: boolean;
  /** Goes up the gradient. Default false. */
  readonly maximize?: boolean;
}

/** The options of a group of {@link RMSprop}. */
export interface RmsPropHyperparameters extends Hyperparameters {
  alpha: number;
  eps: number;
  weightDecay: number;
  momentum: number;
  centered: boolean;
  maximize: boolean;
}

/**
 * RMSprop: g ← g + λθ, v ← αv + (1 − α)g², θ ← θ − lr·g/(√v + ε); with momentum b ← μb + g/(√v + ε), θ ← θ − lr·b; centred,
 * v − ḡ² takes the place of v, ḡ ← αḡ + (1 − α)g.
 *
 * Source: Tieleman and Hinton, "Lecture 6.5: RMSProp", 2012; centred: Graves, arXiv 1308.0850.
 */
export class RMSprop extends Optimizer<RmsPropHyperparameters> {
  constructor(parameters: Trained<RmsPropOptions>, options: RmsPropOptions = {}) {
    const { lr = 1e-2, alpha = 0.99, eps = 1e-8, weightDecay = 0, momentum = 0 } = options;
    const { centered = false, maximize = false } = options;
    super(parameters, { lr, alpha, eps, weightDecay, momentum, centered, maximize });
  }

  protected check({ alpha, eps, weightDecay, momentum }: RmsPropHyperparameters): void {
    for (const [name, value] of Object.entries({ alpha, eps, weightDecay, momentum })) checkNonNegative(name, value);
  }

  protected update(slots: readonly UpdateSlot[], group: FilledGroup<RmsPropHyperparameters>): void {
    const { lr, alpha, eps, weightDecay, momentum, centered, maximize } = group;
    const filled = slots.map(({ parameter, grad, index }) => ({
      param: parameter,
      grad,
      squareAvg: this.buffer(index, 'squareAvg'),
      gradAvg: centered ? this.buffer(index, 'gradAvg') : undefined,
      momentumBuffer: momentum > 0 ? this.buffer(index, 'momentumBuffer') : undefined,
    }));
    const count = filled.length;
    runInPlace(rmsprop_, filled, { count, lr, alpha, eps, weightDecay, momentum, centered, maximize });
  }
}

import { runInPlace } from '../ops/inPlace.ts';
import { sgd_ } from '../ops/sgd.ts';
import { checkNonNegative, Optimizer, type UpdateSlot } from './optimizer.ts';
import type { FilledGroup, Hyperparameters, Trained } from './parameterGroups.ts';

export interface SgdOptions {
  /** Learning rate. Default 0.001. */
  readonly lr?: number;
  /** How much of the last step's direction stays. Default 0. */
  readonly momentum?: number;
  /** Dampens what the gradient adds to the momentum. Default 0. */
  readonly dampening?: number;
  /** An L2 penalty. Default 0. */
  readonly weightDecay?: number;
  /** Looks one step ahead; needs momentum and no dampening. Default false. */
  readonly nesterov?: boolean;
  /** Goes up the gradient. Default false. */
  readonly maximize?: boolean;
}

/** The options of a group of {@link SGD}. */
export interface SgdHyperparameters extends Hyperparameters {
  momentum: number;
  dampening: number;
  weightDecay: number;
  nesterov: boolean;
  maximize: boolean;
}

/**
 * Stochastic gradient descent: g ← g + λθ, b ← μb + (1 − τ)g, θ ← θ − lr·b (with Nesterov's momentum θ ← θ − lr·(g + μb)).
 *
 * Source: Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013.
 */
export class SGD extends Optimizer<SgdHyperparameters> {
  constructor(parameters: Trained<SgdOptions>, options: SgdOptions = {}) {
    const { lr = 1e-3, momentum = 0, dampening = 0, weightDecay = 0, nesterov = false, maximize = false } = options;
    super(parameters, { lr, momentum, dampening, weightDecay, nesterov, maximize });
  }

  protected check({ momentum, dampening, weightDecay, nesterov }: SgdHyperparameters): void {
    checkNonNegative('momentum', momentum);
    checkNonNegative('weightDecay', weightDecay);
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw new RangeError('optimizer: Nesterov momentum needs momentum above 0 and dampening 0');
    }
  }

  protected update(slots: readonly UpdateSlot[], group: FilledGroup<SgdHyperparameters>): void {
    const { lr, momentum, dampening, weightDecay, nesterov, maximize } = group;
    // A parameter's first gradient becomes its momentum buffer as it is: those that start now are a call of their own.
    const starting = slots.filter(({ index }) => momentum !== 0 && this.buffers[index].momentumBuffer === undefined);
    const going = slots.filter((slot) => !starting.includes(slot));
    for (const [chosen, firstStep] of [
      [starting, true],
      [going, false],
    ] as const) {
      if (chosen.length === 0) continue;
      const filled = chosen.map(({ parameter, grad, index }) => ({
        param: parameter,
        grad,
        momentumBuffer: momentum === 0 ? undefined : this.buffer(index, 'momentumBuffer'),
      }));
      const attributes = { count: filled.length, lr, momentum, dampening, weightDecay, nesterov, maximize, firstStep };
      runInPlace(sgd_, filled, attributes);
    }
  }
}

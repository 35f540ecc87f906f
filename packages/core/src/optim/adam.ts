import { adam_ } from '../ops/adam.ts';
import { runInPlace } from '../ops/inPlace.ts';
import { checkFraction, checkNonNegative, Optimizer, type UpdateSlot } from './optimizer.ts';
import type { FilledGroup, Hyperparameters, Trained } from './parameterGroups.ts';

export interface AdamOptions {
  /** Learning rate. Default 0.001. */
  readonly lr?: number;
  /** Decay of the averages of gradient and squared gradient. Default [0.9, 0.999]. */
  readonly betas?: readonly [number, number];
  /** Added to the denominator. Default 1e-8. */
  readonly eps?: number;
  /** Default 0 for Adam (an L2 penalty), 0.01 for AdamW (decoupled). */
  readonly weightDecay?: number;
  /** Goes up the gradient. Default false. */
  readonly maximize?: boolean;
}

/** The options of a group of {@link Adam}. */
export interface AdamHyperparameters extends Hyperparameters {
  betas: readonly [number, number];
  eps: number;
  weightDecay: number;
  maximize: boolean;
}

/**
 * Adam: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − lr·m̂/(√v̂ + ε), with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).
 * One pass over all parameters of a group.
 *
 * Source: Kingma and Ba, arXiv 1412.6980.
 */
export class Adam extends Optimizer<AdamHyperparameters> {
  protected readonly decoupledWeightDecay: boolean = false;

  constructor(parameters: Trained<AdamOptions>, options: AdamOptions = {}) {
    const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0, maximize = false } = options;
    super(parameters, { lr, betas, eps, weightDecay, maximize });
  }

  protected check({ betas, eps, weightDecay }: AdamHyperparameters): void {
    checkFraction('betas[0]', betas[0]);
    checkFraction('betas[1]', betas[1]);
    checkNonNegative('eps', eps);
    checkNonNegative('weightDecay', weightDecay);
  }

  protected update(slots: readonly UpdateSlot[], group: FilledGroup<AdamHyperparameters>): void {
    const { lr, betas, eps, weightDecay, maximize } = group;
    const { decoupledWeightDecay } = this;
    const [beta1, beta2] = betas;
    // The bias corrections depend on the step; all parameters share one unless some have been idle.
    for (const step of new Set(slots.map(({ index }) => this.steps[index]))) {
      const filled = slots
        .filter(({ index }) => this.steps[index] === step)
        .map(({ parameter, grad, index }) => ({
          param: parameter,
          grad,
          expAvg: this.buffer(index, 'expAvg'),
          expAvgSq: this.buffer(index, 'expAvgSq'),
        }));
      const count = filled.length;
      runInPlace(adam_, filled, { count, lr, beta1, beta2, eps, weightDecay, decoupledWeightDecay, step, maximize });
    }
  }
}

/**
 * AdamW: {@link Adam} whose weight decay shrinks the parameters themselves, θ ← (1 − lr·λ)θ, rather than their gradients.
 *
 * Source: Loshchilov and Hutter, arXiv 1711.05101.
 */
export class AdamW extends Adam {
  protected override readonly decoupledWeightDecay = true;

  constructor(parameters: Trained<AdamOptions>, options: AdamOptions = {}) {
    super(parameters, { ...options, weightDecay: options.weightDecay ?? 0.01 });
  }
}

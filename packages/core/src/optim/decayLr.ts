import type { Optimizer } from './optimizer.ts';
import { checkSteps, LRScheduler } from './scheduler.ts';

/**
 * Multiplies the learning rate by γ every `stepSize` epochs: lr = lr₀·γ^⌊epoch/stepSize⌋.
 *
 * @example
 * ```ts
 * const scheduler = new optim.StepLR(optimizer, 30, { gamma: 0.1 });
 * for (let epoch = 0; epoch < 100; epoch++) { …; scheduler.step(); }
 * ```
 */
export class StepLR extends LRScheduler {
  readonly stepSize: number;
  readonly gamma: number;

  /** @param options.gamma - default 0.1. */
  constructor(optimizer: Optimizer, stepSize: number, { gamma = 0.1 }: { readonly gamma?: number } = {}) {
    super(optimizer);
    checkSteps('StepLR', 'stepSize', stepSize);
    this.stepSize = stepSize;
    this.gamma = gamma;
    this.jumpTo(0);
  }

  protected next(lr: number, _: number, epoch: number): number {
    return epoch % this.stepSize === 0 ? lr * this.gamma : lr;
  }

  protected at(baseLr: number, epoch: number): number {
    return baseLr * this.gamma ** Math.floor(epoch / this.stepSize);
  }
}

/** Multiplies the learning rate by γ at each of the epochs given; at one that is given twice, twice. */
export class MultiStepLR extends LRScheduler {
  readonly milestones: readonly number[];
  readonly gamma: number;

  /** @param options.gamma - default 0.1. */
  constructor(optimizer: Optimizer, milestones: readonly number[], { gamma = 0.1 }: { readonly gamma?: number } = {}) {
    super(optimizer);
    this.milestones = milestones;
    this.gamma = gamma;
    this.jumpTo(0);
  }

  protected next(lr: number, _: number, epoch: number): number {
    return lr * this.gamma ** this.milestones.filter((milestone) => milestone === epoch).length;
  }

  protected at(baseLr: number, epoch: number): number {
    return baseLr * this.gamma ** this.milestones.filter((milestone) => milestone <= epoch).length;
  }
}

/** Multiplies the learning rate by γ every epoch: lr = lr₀·γ^epoch. */
export class ExponentialLR extends LRScheduler {
  readonly gamma: number;

  constructor(optimizer: Optimizer, gamma: number) {
    super(optimizer);
    this.gamma = gamma;
    this.jumpTo(0);
  }

  protected next(lr: number): number {
    return lr * this.gamma;
  }

  protected at(baseLr: number, epoch: number): number {
    return baseLr * this.gamma ** epoch;
  }
}

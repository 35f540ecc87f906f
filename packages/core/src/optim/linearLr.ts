import type { Optimizer } from './optimizer.ts';
import { checkSteps, LRScheduler } from './scheduler.ts';

export interface LinearLrOptions {
  /** What the learning rate is multiplied by at first. Default 1/3. */
  readonly startFactor?: number;
  /** And at the end. Default 1. */
  readonly endFactor?: number;
  /** Epochs from one to the other. Default 5. */
  readonly totalIters?: number;
}

/** The learning rate moves in a straight line from lr₀·startFactor to lr₀·endFactor and stays there: the usual warm-up. */
export class LinearLR extends LRScheduler {
  readonly startFactor: number;
  readonly endFactor: number;
  readonly totalIters: number;

  constructor(optimizer: Optimizer, options: LinearLrOptions = {}) {
    super(optimizer);
    const { startFactor = 1 / 3, endFactor = 1, totalIters = 5 } = options;
    if (!(startFactor > 0 && startFactor <= 1)) {
      throw new RangeError(`LinearLR: expected startFactor in (0, 1], got ${startFactor}`);
    }
    if (!(endFactor >= 0 && endFactor <= 1)) {
      throw new RangeError(`LinearLR: expected endFactor in [0, 1], got ${endFactor}`);
    }
    checkSteps('LinearLR', 'totalIters', totalIters);
    this.startFactor = startFactor;
    this.endFactor = endFactor;
    this.totalIters = totalIters;
    this.jumpTo(0);
  }

  protected next(lr: number, _: number, epoch: number): number {
    const { startFactor, endFactor, totalIters } = this;
    if (epoch > totalIters) return lr;
    const rise = endFactor - startFactor;
    return lr * (1 + rise / (totalIters * startFactor + (epoch - 1) * rise));
  }

  protected at(baseLr: number, epoch: number): number {
    const { startFactor, endFactor, totalIters } = this;
    return baseLr * (startFactor + ((endFactor - startFactor) * Math.min(totalIters, epoch)) / totalIters);
  }
}

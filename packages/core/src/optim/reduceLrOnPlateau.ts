import type { Optimizer } from './optimizer.ts';
import type { SchedulerState } from './scheduler.ts';

export interface ReduceLrOnPlateauOptions {
  /** Whether the figure should fall or rise. Default `'min'`. */
  readonly mode?: 'min' | 'max';
  /** What the learning rate is multiplied by. Default 0.1. */
  readonly factor?: number;
  /** How many epochs without improvement are let pass. Default 10. */
  readonly patience?: number;
  /** By how much the best must be beaten to count. Default 1e-4. */
  readonly threshold?: number;
  /** Whether the threshold is a part of the best or a difference to it. Default `'rel'`. */
  readonly thresholdMode?: 'rel' | 'abs';
  /** Epochs after a reduction in which nothing is counted. Default 0. */
  readonly cooldown?: number;
  /** The lowest learning rate, of all groups or of each. Default 0. */
  readonly minLr?: number | readonly number[];
  /** Smaller changes of the learning rate are left out. Default 1e-8. */
  readonly eps?: number;
}

/**
 * Lowers the learning rate when a figure, such as the validation loss, has stopped to improve. Its {@link step} takes
 * that figure, so it is called by hand after each epoch.
 *
 * @example
 * ```ts
 * const scheduler = new optim.ReduceLROnPlateau(optimizer, { mode: 'max', patience: 3 });
 * scheduler.step((await trainer.evaluate(validation)).accuracy);
 * ```
 */
export class ReduceLROnPlateau {
  readonly optimizer: Optimizer;
  /** The best figure so far. */
  best: number;
  /** Epochs since then. */
  numBadEpochs = 0;
  /** Steps taken so far. */
  lastEpoch = 0;
  private cooldownCounter = 0;
  private readonly options: Required<ReduceLrOnPlateauOptions>;
  private readonly minLrs: readonly number[];

  constructor(optimizer: Optimizer, options: ReduceLrOnPlateauOptions = {}) {
    const { mode = 'min', factor = 0.1, patience = 10, threshold = 1e-4, thresholdMode = 'rel' } = options;
    const { cooldown = 0, minLr = 0, eps = 1e-8 } = options;
    if (!(factor < 1)) throw new RangeError(`ReduceLROnPlateau: expected factor below 1, got ${factor}`);
    const groups = optimizer.paramGroups.length;
    this.minLrs = typeof minLr === 'number' ? new Array<number>(groups).fill(minLr) : minLr;
    if (this.minLrs.length !== groups) {
      throw new RangeError(`ReduceLROnPlateau: expected ${groups} minLr, got ${this.minLrs.length}`);
    }
    this.optimizer = optimizer;
    this.options = { mode, factor, patience, threshold, thresholdMode, cooldown, minLr, eps };
    this.best = mode === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  /** Takes an epoch's figure. */
  step(metric: number): void {
    this.lastEpoch++;
    if (this.isBetter(metric)) {
      this.best = metric;
      this.numBadEpochs = 0;
    } else {
      this.numBadEpochs++;
    }
    if (this.cooldownCounter > 0) {
      this.cooldownCounter--;
      this.numBadEpochs = 0;
    }
    if (this.numBadEpochs > this.options.patience) {
      this.reduce();
      this.cooldownCounter = this.options.cooldown;
      this.numBadEpochs = 0;
    }
  }

  stateDict(): SchedulerState {
    const { lastEpoch, numBadEpochs, cooldownCounter } = this;
    const lrs = this.optimizer.paramGroups.map(({ lr }) => lr);
    // JSON has no infinity, which is where the best starts.
    return { lastEpoch, numBadEpochs, cooldownCounter, lrs, best: Number.isFinite(this.best) ? [this.best] : [] };
  }

  loadStateDict(state: SchedulerState): void {
    const worst = this.options.mode === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    this.lastEpoch = state.lastEpoch as number;
    this.numBadEpochs = state.numBadEpochs as number;
    this.cooldownCounter = state.cooldownCounter as number;
    this.best = (state.best as readonly number[])[0] ?? worst;
    (state.lrs as readonly number[]).forEach((lr, i) => {
      this.optimizer.paramGroups[i].lr = lr;
    });
  }

  private isBetter(metric: number): boolean {
    const { mode, threshold, thresholdMode } = this.options;
    const { best } = this;
    // PyTorch scales the best itself, also a negative one, whose bar then moves the other way.
    if (thresholdMode === 'rel') {
      return mode === 'min' ? metric < best * (1 - threshold) : metric > best * (1 + threshold);
    }
    return mode === 'min' ? metric < best - threshold : metric > best + threshold;
  }

  private reduce(): void {
    this.optimizer.paramGroups.forEach((group, i) => {
      const lower = Math.max(group.lr * this.options.factor, this.minLrs[i]);
      if (group.lr - lower > this.options.eps) group.lr = lower;
    });
  }
}

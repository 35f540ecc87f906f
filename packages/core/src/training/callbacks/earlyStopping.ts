import type { EpochResult } from '../epochResult.ts';
import type { FitControl, TrainerCallback } from '../trainerCallback.ts';
import { checkState } from './callbackState.ts';
import { Monitor, type MonitorOptions } from './monitor.ts';

export interface EarlyStoppingOptions extends MonitorOptions {
  /** How many epochs in a row may bring nothing better. Default: 5. */
  readonly patience?: number;
}

/** What {@link EarlyStopping} remembers. */
export interface EarlyStoppingState {
  readonly best: number | null;
  readonly bestEpoch: number;
  readonly wait: number;
}

/**
 * Ends training when a figure has not become better for a number of epochs. What it has counted is part of the trainer's
 * state: a resumed run stops where the uninterrupted one would have.
 *
 * @param options - `monitor`, `mode`, `minDelta`, `patience`.
 * @throws {RangeError} for a patience that is no whole number of at least 1.
 *
 * @example
 * ```ts
 * const stopping = new callbacks.EarlyStopping({ monitor: 'val/loss', patience: 3, minDelta: 1e-3 });
 * const trainer = new Trainer({ model, optimizer, callbacks: [stopping] });
 * await trainer.fit(trainLoader, { epochs: 100, validation: testLoader });
 * stopping.bestEpoch;
 * ```
 */
export class EarlyStopping implements TrainerCallback {
  /** The best figure so far. */
  best: number | undefined;
  bestEpoch = -1;
  /** Epochs since then. */
  wait = 0;
  private readonly monitor: Monitor;
  private readonly patience: number;

  constructor({ patience = 5, ...options }: EarlyStoppingOptions = {}) {
    if (!Number.isSafeInteger(patience) || patience < 1) {
      throw new RangeError(`EarlyStopping: patience is ${patience}, expected a whole number of at least 1`);
    }
    this.patience = patience;
    this.monitor = new Monitor('EarlyStopping', options);
  }

  /** A run that had been stopped stays so when it is resumed. */
  onFitStart(control: FitControl): void {
    if (this.wait >= this.patience) control.stop();
  }

  onEpochEnd(result: EpochResult, control: FitControl): void {
    const value = this.monitor.read(result);
    if (this.monitor.isBetter(value, this.best)) {
      this.best = value;
      this.bestEpoch = result.epoch;
      this.wait = 0;
    } else if (++this.wait >= this.patience) control.stop();
  }

  stateDict(): EarlyStoppingState {
    return { best: this.best ?? null, bestEpoch: this.bestEpoch, wait: this.wait };
  }

  loadStateDict(state: EarlyStoppingState): void {
    checkState('EarlyStopping', state, { best: 'number?', bestEpoch: 'number', wait: 'number' });
    this.best = state.best ?? undefined;
    this.bestEpoch = state.bestEpoch;
    this.wait = state.wait;
  }
}

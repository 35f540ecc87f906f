import type { EpochResult } from '../epochResult.ts';

/** A figure of an epoch, by the name that it has in a CSV log; `val/…` need a validation loader. */
export type MonitorName = 'train/loss' | 'train/accuracy' | 'val/loss' | 'val/accuracy';

/** Which figure is watched, and which way is better. */
export interface MonitorOptions {
  /** Default: `'val/loss'`. A function gives a figure of one's own. */
  readonly monitor?: MonitorName | ((result: EpochResult) => number);
  /** Whether less or more is better. Default: `'min'` for a loss, `'max'` for an accuracy; a function needs it said. */
  readonly mode?: 'min' | 'max';
  /** By how much a figure must be better to count. Default: 0. */
  readonly minDelta?: number;
}

const FIGURES: Readonly<Record<MonitorName, (result: EpochResult) => number | undefined>> = {
  'train/loss': ({ trainLoss }) => trainLoss,
  'train/accuracy': ({ trainAccuracy }) => trainAccuracy,
  'val/loss': ({ validation }) => validation?.loss,
  'val/accuracy': ({ validation }) => validation?.accuracy,
};

/** Reads a figure off each epoch, and says which of two is better. */
export class Monitor {
  private readonly options: Required<MonitorOptions>;

  /** @throws {RangeError} for an unknown figure, a function without `mode`, or a negative `minDelta`. */
  constructor(owner: string, { monitor = 'val/loss', mode, minDelta = 0 }: MonitorOptions) {
    if (typeof monitor === 'string' && !Object.hasOwn(FIGURES, monitor)) {
      throw new RangeError(`${owner}: monitor is '${monitor}', expected one of ${Object.keys(FIGURES).join(', ')}`);
    }
    if (typeof monitor === 'function' && mode === undefined) {
      throw new RangeError(`${owner}: a monitor of one's own needs mode 'min' or 'max'`);
    }
    if (!(minDelta >= 0)) throw new RangeError(`${owner}: minDelta is ${minDelta}, expected at least 0`);
    this.options = {
      monitor,
      mode: mode ?? (typeof monitor === 'string' && monitor.endsWith('accuracy') ? 'max' : 'min'),
      minDelta,
    };
    this.owner = owner;
  }

  private readonly owner: string;

  /** @throws {Error} if the epoch has no such figure. */
  read(result: EpochResult): number {
    const { monitor } = this.options;
    const value = typeof monitor === 'function' ? monitor(result) : FIGURES[monitor](result);
    if (value === undefined) {
      throw new Error(`${this.owner} watches ${monitor as string}, but fit was given no validation loader`);
    }
    return value;
  }

  /** Whether `value` is better than `best` by more than `minDelta`; NaN never is. */
  isBetter(value: number, best: number | undefined): boolean {
    if (Number.isNaN(value)) return false;
    if (best === undefined) return true;
    const { mode, minDelta } = this.options;
    return mode === 'min' ? value < best - minDelta : value > best + minDelta;
  }
}

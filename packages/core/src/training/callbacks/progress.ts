import type { EpochResult } from '../epochResult.ts';
import type { StepInfo, TrainerCallback } from '../trainerCallback.ts';

/** How far an epoch has come. */
export interface ProgressReport extends StepInfo {
  /** Of the epoch, from 0 to 1, where the loader knows how many batches it has. */
  readonly fraction?: number;
  /** Since this process began the epoch. */
  readonly elapsedSeconds: number;
  readonly examplesPerSecond: number;
  /** Until the epoch's end, at the rate so far. */
  readonly secondsLeft?: number;
}

export interface ProgressOptions {
  /** Shows how far it is: a bar, a line, an element of a page. */
  readonly show?: (report: ProgressReport) => void;
  /** Told of each epoch, when its bar may go. */
  readonly epoch?: (result: EpochResult) => void;
  /** At most once in so many milliseconds, besides an epoch's last step. Default: 100. */
  readonly everyMs?: number;
}

/**
 * Tells how training goes, not more often than is worth it. Between steps it lets the event loop have its turn, so that
 * signals, timers and the page are not kept waiting by a backend that computes on this very thread.
 *
 * @example
 * ```ts
 * const progress = new callbacks.Progress({
 *   show: ({ epoch, fraction = 0 }) => process.stderr.write(`\repoch ${epoch}: ${Math.round(100 * fraction)}%`),
 *   epoch: ({ epoch, trainLoss }) => console.log(`epoch ${epoch}: loss ${trainLoss.toFixed(4)}`),
 * });
 * ```
 */
export class Progress implements TrainerCallback {
  private readonly options: ProgressOptions;
  private began = 0;
  private shown = 0;
  private firstExamples = 0;

  constructor(options: ProgressOptions = {}) {
    this.options = options;
  }

  onEpochStart(): Promise<void> {
    this.began = performance.now();
    this.shown = this.began;
    this.firstExamples = -1;
    return turnOfTheEventLoop();
  }

  onStep(info: StepInfo): void | Promise<void> {
    const { show, everyMs = 100 } = this.options;
    const now = performance.now();
    const { batch, batches, examples } = info;
    // A resumed epoch has examples that this process has not seen.
    if (this.firstExamples < 0) this.firstExamples = examples - examples / batch;
    if (now - this.shown < everyMs && batch !== batches) return undefined;
    this.shown = now;
    const elapsedSeconds = (now - this.began) / 1000;
    const examplesPerSecond = (examples - this.firstExamples) / elapsedSeconds;
    const total = batches === undefined ? undefined : (examples / batch) * batches;
    show?.({
      ...info,
      elapsedSeconds,
      examplesPerSecond,
      ...(total !== undefined && { fraction: batch / batches!, secondsLeft: (total - examples) / examplesPerSecond }),
    });
    return turnOfTheEventLoop();
  }

  onEpochEnd(result: EpochResult): void {
    this.options.epoch?.(result);
  }
}

/** Comes back when what waits for the event loop has had its turn. */
function turnOfTheEventLoop(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

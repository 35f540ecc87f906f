import type { EpochResult } from '../epochResult.ts';
import type { FitControl, TrainerCallback } from '../trainerCallback.ts';
import { type LogOptions, rewind, type TextLog } from './textLog.ts';

/** The columns and where their figures come from; what was not measured is an empty cell. */
const COLUMNS: Readonly<Record<string, (result: EpochResult) => number | undefined>> = {
  epoch: ({ epoch }) => epoch,
  step: ({ step }) => step,
  seconds: ({ seconds }) => seconds,
  'train/loss': ({ trainLoss }) => trainLoss,
  'train/accuracy': ({ trainAccuracy }) => trainAccuracy,
  'val/loss': ({ validation }) => validation?.loss,
  'val/accuracy': ({ validation }) => validation?.accuracy,
  lr: ({ lr }) => lr,
};

const HEAD = Object.keys(COLUMNS).join(',');

/** The number in a row's first cell; NaN in the head or in a row that was cut off. */
function epochOf(row: string): number {
  const [epoch, ...rest] = row.split(',');
  return rest.length === Object.keys(COLUMNS).length - 1 && /^\d+$/.test(epoch!) ? Number(epoch) : Number.NaN;
}

/**
 * Writes one row an epoch as comma-separated values: `epoch,step,seconds,train/loss,train/accuracy,val/loss,val/accuracy,lr`.
 *
 * A run that is resumed goes on in the same log: rows of epochs that it will train again are cut off first, so that none
 * stands twice and none is lost.
 *
 * @param log - where to.
 *
 * @example
 * ```ts
 * import { fileLog } from '@flambeau/core/node';
 *
 * const trainer = new Trainer({ model, optimizer, callbacks: [new callbacks.CsvLog(fileLog('results.csv'))] });
 * ```
 */
export class CsvLog implements TrainerCallback {
  private readonly log: TextLog;
  private readonly options: LogOptions;

  constructor(log: TextLog, options: LogOptions = {}) {
    this.log = log;
    this.options = options;
  }

  /** @throws {Error} if the log holds another run's rows. */
  async onFitStart(control: FitControl): Promise<void> {
    const rows = await rewind(
      this.log,
      control,
      this.options,
      (row, epoch) => epochOf(row) < epoch,
      (row) => !Number.isNaN(epochOf(row)),
    );
    await this.log.replace([HEAD, ...rows].map((row) => `${row}\n`).join(''));
  }

  async onEpochEnd(result: EpochResult): Promise<void> {
    const cells = Object.values(COLUMNS).map((figure) => figure(result) ?? '');
    await this.log.append(`${cells.join(',')}\n`);
  }
}

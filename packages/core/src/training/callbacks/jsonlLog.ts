import { nestsAtMost } from '../../io/jsonMembers.ts';
import type { EpochResult } from '../epochResult.ts';
import type { FitControl, TrainerCallback } from '../trainerCallback.ts';
import { type LogOptions, rewind, type TextLog } from './textLog.ts';

export interface JsonlLogOptions extends LogOptions {
  /** The event of an epoch. Default: its figures as {@link EpochResult} has them, under `"event": "epoch"`. */
  readonly event?: (result: EpochResult) => object;
}

/** No event that is worth its line nests deeper. */
const MAX_DEPTH = 64;

/** A line's event and epoch; undefined for one that was cut off or is none of ours. */
function parseLine(line: string): { readonly event?: unknown; readonly epoch?: unknown } | undefined {
  if (!nestsAtMost(line, MAX_DEPTH)) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Writes one JSON object a line for each epoch, and whatever else is given to {@link write}.
 *
 * A run that is resumed goes on in the same log: lines about epochs that it will train again, and lines that were cut off,
 * are taken out first.
 *
 * @param log - where to.
 *
 * @example
 * ```ts
 * const events = new callbacks.JsonlLog(fileLog('events.jsonl'));
 * await events.write({ event: 'start', model: 'NotesCnn' });
 * ```
 */
export class JsonlLog implements TrainerCallback {
  private readonly log: TextLog;
  private readonly options: JsonlLogOptions;

  constructor(log: TextLog, options: JsonlLogOptions = {}) {
    this.log = log;
    this.options = options;
  }

  /** Adds an event of one's own. */
  async write(event: object): Promise<void> {
    await this.log.append(`${JSON.stringify(event)}\n`);
  }

  /** @throws {Error} if the log holds another run's epochs. */
  async onFitStart(control: FitControl): Promise<void> {
    const lines = await rewind(
      this.log,
      control,
      this.options,
      (line, epoch) => {
        const event = parseLine(line);
        return event !== undefined && !(typeof event.epoch === 'number' && event.epoch >= epoch);
      },
      (line) => parseLine(line)?.event === 'epoch',
    );
    await this.log.replace(lines.map((line) => `${line}\n`).join(''));
  }

  async onEpochEnd(result: EpochResult): Promise<void> {
    const { event = (figures) => ({ event: 'epoch', ...figures }) } = this.options;
    await this.write(event(result));
  }
}

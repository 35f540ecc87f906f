import type { HostArray } from '@flambeau/core';

/** A target that a model has written. */
export interface Decoding {
  /** The words' ids, without start and end. */
  readonly ids: readonly number[];
  /** The logarithm of the target's probability, its end included. */
  readonly logProbability: number;
  /** What targets were compared by: the logarithm over length^lengthPenalty; without beams the logarithm itself. */
  readonly score: number;
  /** Whether it came to its end, and was not cut off at the greatest length. */
  readonly finished: boolean;
  /**
   * Where the model looked: for each word that it wrote, and for the end, the weights of the source's places, the end of the
   * source included, `[T, S]`; what it looked at of filling is left out. Null without attention.
   */
  readonly attention: HostArray<'float32'> | null;
}

/** Options of all ways to decode. */
export interface DecodeOptions {
  /** At most so many words, the end included. Default 50. */
  readonly maxLength?: number;
  /** The id of the start of a sequence. Default 0. */
  readonly sos?: number;
  /** The id of its end. Default 1. */
  readonly eos?: number;
  /** How many sources are decoded at once. Default 64. */
  readonly batchSize?: number;
  /**
   * For a model that was trained on sources filled up to so many ids ({@link CollateOptions.fillTo}): shorter ones are
   * filled up again, and the model reads the filling as it has learned to. Default: sources count as long as they are.
   */
  readonly fillTo?: number;
  /** Stops before the next batch; what was called then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

export const DEFAULT_MAX_LENGTH = 50;

/** Throws unless the greatest length is a whole number above 0. */
export function checkMaxLength(maxLength: number): void {
  if (!Number.isInteger(maxLength) || maxLength < 1) {
    throw new RangeError(`expected maxLength whole and above 0, got ${maxLength}`);
  }
}

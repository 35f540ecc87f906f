import { type HostArray, hostArray } from '@flambeau/core';

export interface PadSequencesOptions {
  /** What fills up. Default 0. */
  readonly paddingValue?: number;
  /** The least length of the result. Default 0. */
  readonly minLength?: number;
  /** Padding that every sequence gets, the longest too. Default 0. */
  readonly trailing?: number;
}

/**
 * Sequences of different lengths as one array, filled up at the end (`torch.nn.utils.rnn.pad_sequence`, batch first).
 *
 * Shape: N sequences → int32 `[N, max(longest + trailing, minLength)]`.
 *
 * @example
 * ```ts
 * padSequences([Int32Array.of(5, 6, 7), Int32Array.of(8)], { paddingValue: 1 }).data; // [5, 6, 7, 8, 1, 1]
 * ```
 */
export function padSequences(
  sequences: readonly ArrayLike<number>[],
  { paddingValue = 0, minLength = 0, trailing = 0 }: PadSequencesOptions = {},
): HostArray<'int32'> {
  let longest = 0;
  for (const { length } of sequences) longest = Math.max(longest, length);
  const width = Math.max(longest + trailing, minLength);
  const padded = new Int32Array(sequences.length * width).fill(paddingValue);
  sequences.forEach((sequence, row) => {
    padded.set(sequence, row * width);
  });
  return hostArray('int32', [sequences.length, width], padded);
}

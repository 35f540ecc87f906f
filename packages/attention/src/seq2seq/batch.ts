import { type HostArray, hostArray, type Tensor } from '@flambeau/core';

/** A source and its target as ids, both without start and end. */
export interface TokenPair {
  readonly source: readonly number[];
  readonly target: readonly number[];
}

/** A batch of N pairs on the device; all ids int32. */
export interface Seq2SeqBatch {
  /** Each source with its end, filled up with 0: `[N, S]`. */
  readonly source: Tensor;
  /** How many ids of each source count, `[N]`; null: all of them, filling too. */
  readonly sourceLengths: Tensor | null;
  /** What the decoder is given at each step: the start, then the target, filled up with 0: `[N, T]`. */
  readonly input: Tensor;
  /** What it is to answer: the target, then its end, filled up with {@link IGNORED}: `[N, T]`. */
  readonly target: Tensor;
  /** How many answers count. */
  readonly tokens: number;
}

/** The target of a place that does not count: PyTorch's `ignore_index`. */
export const IGNORED = -100;

export interface CollateOptions {
  /** The id of the start of a sequence. Default 0. */
  readonly sos?: number;
  /** The id of its end. Default 1. */
  readonly eos?: number;
  /**
   * As PyTorch's tutorial has it: every source and every target is filled up with 0 to this many ids, its end included, and
   * all of them count: the encoder reads the filling and the decoder must answer with it. Only there to repeat the
   * tutorial's numbers; without it a batch is as long as its longest pair, and nothing that is filled up counts.
   */
  readonly fillTo?: number;
}

/** A batch on the host, as a loader's `collate` gives it. */
export type Seq2SeqHostBatch = {
  readonly [Key in keyof Seq2SeqBatch]: Seq2SeqBatch[Key] extends number
    ? number
    : null extends Seq2SeqBatch[Key]
      ? HostArray<'int32'> | null
      : HostArray<'int32'>;
};

/**
 * Makes a batch of pairs: what a `DataLoader` is given as `collate`.
 *
 * @throws {RangeError} if a pair has more ids than `fillTo`.
 *
 * @example
 * ```ts
 * const loader = new data.DataLoader(pairs, { batchSize: 32, shuffle: true, collate: (pairs) => collatePairs(pairs) });
 * ```
 */
export function collatePairs(pairs: readonly unknown[], options: CollateOptions = {}): Seq2SeqHostBatch {
  const { sos = 0, eos = 1, fillTo } = options;
  const all = pairs as readonly TokenPair[];
  const sources = all.map(({ source }) => [...source, eos]);
  const targets = all.map(({ target }) => [...target, eos]);
  const inputs = targets.map((target) => [sos, ...target.slice(0, -1)]);
  if (fillTo === undefined) {
    return {
      source: filled(sources, 0),
      sourceLengths: hostArray(
        'int32',
        [sources.length],
        Int32Array.from(sources, ({ length }) => length),
      ),
      input: filled(inputs, 0),
      target: filled(targets, IGNORED),
      tokens: targets.reduce((sum, { length }) => sum + length, 0),
    };
  }
  const longest = Math.max(...sources.map(({ length }) => length), ...targets.map(({ length }) => length));
  if (longest > fillTo) throw new RangeError(`expected at most ${fillTo} ids with the end, got ${longest}`);
  const target = filled(targets, 0, fillTo);
  // The decoder is given what it was to answer the step before, the filling and the end too.
  const input = new Int32Array(target.data.length);
  for (let i = 0; i < input.length; i++) input[i] = i % fillTo === 0 ? sos : target.data[i - 1]!;
  return {
    source: filled(sources, 0, fillTo),
    sourceLengths: null,
    input: hostArray('int32', target.shape, input),
    target,
    tokens: target.data.length,
  };
}

/** Rows side by side, filled up to the longest. */
export function filled(
  rows: readonly (readonly number[])[],
  filling: number,
  length = Math.max(0, ...rows.map((row) => row.length)),
): HostArray<'int32'> {
  const values = new Int32Array(rows.length * length).fill(filling);
  rows.forEach((row, i) => {
    values.set(row, i * length);
  });
  return hostArray('int32', [rows.length, length], values);
}

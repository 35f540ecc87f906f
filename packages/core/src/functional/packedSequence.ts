import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { backendOf, commonBackend } from '../backend/backend.ts';
import * as ops from '../ops/embedding.ts';
import { formatShape, ShapeError } from '../tensor/shape.ts';

/**
 * Sequences of several lengths without padding, as `torch.nn.utils.rnn.PackedSequence`: step by step, and in each step
 * the sequences that still go on, the longest first. Recurrent layers take one and give one back.
 */
export class PackedSequence {
  /** `[sum of lengths, *]` */
  readonly data: Tensor;
  /** How many sequences have a first step, a second one, …: never rising. */
  readonly batchSizes: readonly number[];
  /** Which sequence of the batch stands at each place; null where they were sorted by the caller. */
  readonly sortedIndices: readonly number[] | null;
  /** At which place each sequence of the batch stands; null where they were sorted by the caller. */
  readonly unsortedIndices: readonly number[] | null;

  constructor(
    data: Tensor,
    batchSizes: readonly number[],
    sortedIndices: readonly number[] | null = null,
    unsortedIndices: readonly number[] | null = sortedIndices && invert(sortedIndices),
  ) {
    const total = batchSizes.reduce((sum, size) => sum + size, 0);
    if (data.rank === 0 || data.shape[0] !== total) {
      throw new ShapeError(
        `PackedSequence: expected ${total} rows, the sum of the batch sizes, got ${formatShape(data.shape)}`,
      );
    }
    this.data = data;
    this.batchSizes = batchSizes;
    this.sortedIndices = sortedIndices;
    this.unsortedIndices = unsortedIndices;
  }

  /** The length of each sequence, in the batch's own order. */
  get lengths(): number[] {
    const sorted = Array.from({ length: this.batchSizes[0] ?? 0 }, (_, place) => {
      const end = this.batchSizes.findIndex((size) => size <= place);
      return end < 0 ? this.batchSizes.length : end;
    });
    return this.unsortedIndices === null ? sorted : this.unsortedIndices.map((place) => sorted[place]!);
  }

  /** The same packing of other numbers, such as a layer's output. */
  withData(data: Tensor): PackedSequence {
    return new PackedSequence(data, this.batchSizes, this.sortedIndices, this.unsortedIndices);
  }

  /** The same packing of a padded batch `[T, N, *]` of the same lengths. */
  pack(padded: Tensor): PackedSequence {
    const [steps, batch] = padded.shape as [number, number];
    const order = this.sortedIndices ?? this.lengths.map((_, sequence) => sequence);
    return this.withData(takeRows(padded, packedRows(order, this.batchSizes, false, batch, steps), 2));
  }
}

export interface PackOptions {
  /** Whether the input is `[N, T, *]` rather than `[T, N, *]`. Default false. */
  readonly batchFirst?: boolean;
  /** Whether the sequences must come longest first; else they are sorted, and what is made of them put back. Default true. */
  readonly enforceSorted?: boolean;
}

/**
 * Packs a padded batch (`torch.nn.utils.rnn.pack_padded_sequence`).
 *
 * Shape: input `[T, N, *]` (`[N, T, *]` if `batchFirst`), with N lengths from 1 to T.
 *
 * @throws {ShapeError} if the lengths do not fit the input; {RangeError} if they rise though `enforceSorted`.
 *
 * @example
 * ```ts
 * const packed = nn.packPaddedSequence(embedded, [7, 10, 3], { batchFirst: true, enforceSorted: false });
 * const [output, hn] = gru.forward(packed);
 * const [padded, lengths] = nn.padPackedSequence(output, { batchFirst: true });
 * ```
 */
export function packPaddedSequence(
  input: Tensor,
  lengths: ArrayLike<number>,
  { batchFirst = false, enforceSorted = true }: PackOptions = {},
): PackedSequence {
  if (input.rank < 2) {
    const layout = batchFirst ? '[N, T, *]' : '[T, N, *]';
    throw new ShapeError(`packPaddedSequence: expected an input of shape ${layout}, got ${formatShape(input.shape)}`);
  }
  const [steps, batch] = batchFirst ? [input.shape[1]!, input.shape[0]] : [input.shape[0], input.shape[1]!];
  checkLengths('packPaddedSequence', lengths, batch, steps, 1);
  const order = Array.from({ length: batch }, (_, sequence) => sequence);
  if (enforceSorted) {
    const rise = order.findIndex((sequence) => sequence > 0 && lengths[sequence]! > lengths[sequence - 1]!);
    if (rise >= 0) {
      throw new RangeError(
        `packPaddedSequence: expected lengths that do not rise, got ${lengths[rise]} after ${lengths[rise - 1]}; ` +
          'pass enforceSorted: false to have them sorted',
      );
    }
  } else {
    order.sort((a, b) => lengths[b]! - lengths[a]!);
  }
  const sorted = order.map((sequence) => lengths[sequence]!);
  const batchSizes = Array.from({ length: sorted[0] ?? 0 }, (_, step) => sorted.filter((n) => n > step).length);
  const rows = packedRows(order, batchSizes, batchFirst, batch, steps);
  return new PackedSequence(takeRows(input, rows, 2), batchSizes, enforceSorted ? null : order);
}

export interface PadOptions {
  /** Whether to give `[N, T, *]` rather than `[T, N, *]`. Default false. */
  readonly batchFirst?: boolean;
  /** What stands where a sequence has ended. Default 0. */
  readonly paddingValue?: number;
  /** T, at least the longest sequence's length. Default: that length. */
  readonly totalLength?: number;
}

/**
 * The padded batch of a packed one, and the lengths (`torch.nn.utils.rnn.pad_packed_sequence`).
 *
 * @returns `[T, N, *]` (`[N, T, *]` if `batchFirst`) and the N lengths, both in the order of the batch that was packed.
 */
export function padPackedSequence(packed: PackedSequence, options: PadOptions = {}): [Tensor, number[]] {
  const { batchFirst = false, paddingValue = 0, totalLength = packed.batchSizes.length } = options;
  const { lengths, batchSizes, data } = packed;
  if (totalLength < batchSizes.length) {
    throw new RangeError(
      `padPackedSequence: expected totalLength to be at least ${batchSizes.length}, the longest length, got ${totalLength}`,
    );
  }
  const batch = lengths.length;
  const rest = data.shape.slice(1);
  const order = packed.sortedIndices ?? lengths.map((_, sequence) => sequence);
  const places = new Int32Array(totalLength * batch).fill(data.shape[0]);
  packedRows(order, batchSizes, batchFirst, batch, totalLength).forEach((place, row) => {
    places[place] = row;
  });
  const shape = batchFirst ? [batch, totalLength, ...rest] : [totalLength, batch, ...rest];
  const padded = backendOf(data).run(() => {
    // The row behind the last one is what padding looks like.
    const withPadding = tf.concat([data, tf.fill([1, ...rest], paddingValue)], 0);
    return tf.reshape(takeRows(withPadding, places, 1), shape);
  });
  return [padded, lengths];
}

/**
 * Sequences `[L, *]` of several lengths as one padded batch (`torch.nn.utils.rnn.pad_sequence`).
 *
 * @returns `[T, N, *]`, or `[N, T, *]` if `batchFirst`, T being the longest length.
 */
export function padSequence(sequences: readonly Tensor[], options: Omit<PadOptions, 'totalLength'> = {}): Tensor {
  const { batchFirst = false, paddingValue = 0 } = options;
  return commonBackend('padSequence', sequences).run(() => {
    const steps = Math.max(...sequences.map(({ shape }) => shape[0]!));
    const padded = sequences.map((sequence) => {
      const around = sequence.shape.map((size, axis): [number, number] => [0, axis === 0 ? steps - size : 0]);
      return tf.pad(sequence, around, paddingValue);
    });
    return tf.stack(padded, batchFirst ? 0 : 1);
  });
}

/** Sequences `[L, *]` of several lengths, packed (`torch.nn.utils.rnn.pack_sequence`). */
export function packSequence(
  sequences: readonly Tensor[],
  { enforceSorted = true }: { readonly enforceSorted?: boolean } = {},
): PackedSequence {
  const lengths = sequences.map(({ shape }) => shape[0]!);
  return packPaddedSequence(padSequence(sequences), lengths, { enforceSorted });
}

/** Throws unless there is one whole length for each sequence, between `least` and the number of steps. */
export function checkLengths(
  label: string,
  lengths: ArrayLike<number>,
  batch: number,
  steps: number,
  least: number,
): void {
  if (lengths.length !== batch) {
    throw new ShapeError(`${label}: expected ${batch} lengths, one a sequence, got ${lengths.length}`);
  }
  for (let sequence = 0; sequence < batch; sequence++) {
    const length = lengths[sequence]!;
    if (!Number.isInteger(length) || length < least || length > steps) {
      throw new RangeError(
        `${label}: expected lengths from ${least} to ${steps}, got ${length} for sequence ${sequence}`,
      );
    }
  }
}

/** Where each packed row stands in the padded batch, its first two axes taken as one. */
export function packedRows(
  order: readonly number[],
  batchSizes: readonly number[],
  batchFirst: boolean,
  batch: number,
  steps: number,
): Int32Array {
  const rows: number[] = [];
  batchSizes.forEach((size, step) => {
    for (let place = 0; place < size; place++) {
      rows.push(batchFirst ? order[place]! * steps + step : step * batch + order[place]!);
    }
  });
  return Int32Array.from(rows);
}

/** Rows by number, the first `axes` axes of the tensor taken as one. */
function takeRows(tensor: Tensor, rows: Int32Array, axes: number): Tensor {
  return backendOf(tensor).run(() => {
    const rest = tensor.shape.slice(axes);
    const width = rest.reduce((product, size) => product * size, 1);
    const indices = tf.tensor1d(rows, 'int32');
    const table = tf.reshape(tensor, [-1, width]);
    const taken =
      tensor.dtype === 'float32'
        ? ops.embedding({ weight: table, indices }, { paddingIdx: -1 })[0]
        : tf.gather(table, indices);
    return tf.reshape(taken, [rows.length, ...rest]);
  });
}

function invert(order: readonly number[]): number[] {
  const inverse: number[] = [];
  order.forEach((sequence, place) => {
    inverse[sequence] = place;
  });
  return inverse;
}

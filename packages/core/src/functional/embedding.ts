import { reshape, type Tensor, Variable } from '@tensorflow/tfjs-core';
import { unrecorded } from '../autograd/tape.ts';
import { commonBackend } from '../backend/backend.ts';
import * as ops from '../ops/embedding.ts';
import { embeddingRenorm_ } from '../ops/embeddingRenorm.ts';
import { runInPlace } from '../ops/inPlace.ts';
import { formatShape, type Labelled, ShapeError } from '../tensor/shape.ts';

/** Options of {@link embedding}. */
export interface EmbeddingOptions extends Labelled {
  /** The row whose entries get no gradient; negative ones count from the end. */
  readonly paddingIdx?: number | null;
  /** Rows that are looked up and whose norm is above it are first scaled down to it, in place. Default: none. */
  readonly maxNorm?: number | null;
  /** The p of the p-norm for `maxNorm`; infinity for the largest absolute value. Default 2. */
  readonly normType?: number;
  /** Divides each gradient by how often its row is looked up in this input. Default false. */
  readonly scaleGradByFreq?: boolean;
}

/**
 * Rows of a table by their numbers. With `maxNorm` the table itself changes, when training and when evaluating, as PyTorch's does.
 *
 * Shape: input int32 `[*]`, weight `[V, D]` → `[*, D]`.
 *
 * @throws {TypeError} if the input is not of integers, or there is a `maxNorm` and the weight is no variable;
 * {ShapeError} if the weight is no table; {RangeError} if `maxNorm` or `normType` is not above 0.
 *
 * @example
 * ```ts
 * F.embedding(words, weight).shape; // [64, 250] → [64, 250, 100] with weight [25002, 100]
 * ```
 */
export function embedding(input: Tensor, weight: Tensor, options: EmbeddingOptions = {}): Tensor {
  const label = options.label ?? 'embedding';
  if (input.dtype !== 'int32') throw new TypeError(`${label}: expected an input of type int32, got ${input.dtype}`);
  if (weight.rank !== 2) {
    throw new ShapeError(`${label}: expected weight of shape [V, D], got ${formatShape(weight.shape)}`);
  }
  const { maxNorm = null, normType = 2, scaleGradByFreq = false } = options;
  checkMaxNorm(label, maxNorm, normType);
  if (maxNorm !== null && !(weight instanceof Variable)) {
    throw new TypeError(
      `${label}: expected a variable as weight, since maxNorm changes it in place, got a plain tensor`,
    );
  }
  const paddingIdx = resolvePaddingIdx(label, options.paddingIdx ?? null, weight.shape[0]);
  return commonBackend(label, [input, weight]).run(() => {
    const indices = input.rank === 1 ? input : reshape(input, [-1]);
    if (maxNorm !== null && indices.size > 0) {
      unrecorded(() => runInPlace(embeddingRenorm_, { weight: weight as Variable, indices }, { maxNorm, normType }));
    }
    const [rows] = ops.embedding({ weight, indices }, { paddingIdx: paddingIdx ?? -1, scaleGradByFreq });
    return input.rank === 1 ? rows : reshape(rows, [...input.shape, weight.shape[1]!]);
  });
}

/** Throws unless both are above 0. */
export function checkMaxNorm(label: string, maxNorm: number | null, normType: number): void {
  if (maxNorm !== null && !(maxNorm > 0)) throw new RangeError(`${label}: expected maxNorm above 0, got ${maxNorm}`);
  if (!(normType > 0)) throw new RangeError(`${label}: expected normType above 0, got ${normType}`);
}

/** The row that `paddingIdx` means. */
export function resolvePaddingIdx(label: string, paddingIdx: number | null, rows: number): number | null {
  if (paddingIdx === null) return null;
  if (!Number.isInteger(paddingIdx) || paddingIdx < -rows || paddingIdx >= rows) {
    throw new RangeError(`${label}: expected paddingIdx in [${-rows}, ${rows - 1}], got ${paddingIdx}`);
  }
  return paddingIdx < 0 ? paddingIdx + rows : paddingIdx;
}

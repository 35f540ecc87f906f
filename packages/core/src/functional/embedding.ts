import { reshape, type Tensor } from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import * as ops from '../ops/embedding.ts';
import { formatShape, type Labelled, ShapeError } from '../tensor/shape.ts';

/** Options of {@link embedding}. */
export interface EmbeddingOptions extends Labelled {
  /** The row whose entries get no gradient; negative ones count from the end. */
  readonly paddingIdx?: number | null;
}

/**
 * Rows of a table by their numbers.
 *
 * Shape: input int32 `[*]`, weight `[V, D]` → `[*, D]`.
 *
 * @throws {TypeError} if the input is not of integers; {ShapeError} if the weight is no table.
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
  const paddingIdx = resolvePaddingIdx(label, options.paddingIdx ?? null, weight.shape[0]);
  return commonBackend(label, [input, weight]).run(() => {
    const indices = input.rank === 1 ? input : reshape(input, [-1]);
    const [rows] = ops.embedding({ weight, indices }, { paddingIdx: paddingIdx ?? -1 });
    return input.rank === 1 ? rows : reshape(rows, [...input.shape, weight.shape[1]!]);
  });
}

/** The row that `paddingIdx` means. */
export function resolvePaddingIdx(label: string, paddingIdx: number | null, rows: number): number | null {
  if (paddingIdx === null) return null;
  if (!Number.isInteger(paddingIdx) || paddingIdx < -rows || paddingIdx >= rows) {
    throw new RangeError(`${label}: expected paddingIdx in [${-rows}, ${rows - 1}], got ${paddingIdx}`);
  }
  return paddingIdx < 0 ? paddingIdx + rows : paddingIdx;
}

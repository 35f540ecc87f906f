import type { Tensor } from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import * as ops from '../ops/embeddingConvMax.ts';
import { expectShape, formatShape, type Labelled, ShapeError } from '../tensor/shape.ts';
import { resolvePaddingIdx } from './embedding.ts';

/** Options of {@link embeddingConvMax}. */
export interface EmbeddingConvMaxOptions extends Labelled {
  /** The table's row that gets no gradient; negative ones count from the end. It takes part in windows like any other. */
  readonly paddingIdx?: number | null;
}

/**
 * The features of a TextCNN: words' vectors, convolved over time by filters as wide as a vector, ReLU, the maximum over time.
 *
 * out(n, f) = max(0, maxₜ (bias(f) + Σₖ weight(f, k) · table(ids(n, t + k)))), the filters of all heights side by side. The
 * same as {@link embedding}, {@link conv2d} of one channel, {@link relu} and {@link maxPool1d} over all windows, joined; but
 * neither the vectors nor the convolutions are ever laid out, and its gradient visits the windows that won, the first of equal
 * ones.
 *
 * Shape: ids int32 `[N, L]`, table `[V, E]`, weights of each height `[Fᵢ, 1, Kᵢ, E]` (those of `nn.Conv2d(1, F, [K, E])`),
 * biases `[Fᵢ]` → `[N, ΣFᵢ]`.
 *
 * @throws {TypeError} if the ids are not int32; {ShapeError} if sizes disagree or the text is shorter than the highest
 *   filter.
 *
 * @example
 * ```ts
 * // [64, 250] → [64, 300] with a table of [25002, 100] and 100 filters of 3, 4 and 5 words each
 * F.embeddingConvMax(words, table, [conv3.weight, conv4.weight], [conv3.bias, conv4.bias], { paddingIdx: 1 });
 * ```
 *
 * Source: Kim, "Convolutional neural networks for sentence classification", arXiv 1408.5882.
 */
export function embeddingConvMax(
  ids: Tensor,
  table: Tensor,
  weights: readonly Tensor[],
  biases: readonly Tensor[],
  options: EmbeddingConvMaxOptions = {},
): Tensor {
  const label = options.label ?? 'embeddingConvMax';
  if (ids.dtype !== 'int32') throw new TypeError(`${label}: expected ids of type int32, got ${ids.dtype}`);
  if (ids.rank !== 2) throw new ShapeError(`${label}: expected ids of shape [N, L], got ${formatShape(ids.shape)}`);
  if (table.rank !== 2) {
    throw new ShapeError(`${label}: expected a table of shape [V, E], got ${formatShape(table.shape)}`);
  }
  const count = weights.length;
  if (count === 0 || biases.length !== count) {
    throw new RangeError(`${label}: expected as many biases as weights, got ${count} weights, ${biases.length} biases`);
  }
  const [rows, width] = table.shape as [number, number];
  const length = ids.shape[1]!;
  weights.forEach((weight, i) => {
    const [outputs, channels, height] = weight.shape;
    if (weight.rank !== 4 || channels !== 1 || weight.shape[3] !== width) {
      throw new ShapeError(`${label}: expected weights of shape [F, 1, K, ${width}], got ${formatShape(weight.shape)}`);
    }
    if (length < height) {
      throw new ShapeError(`${label}: expected texts of at least ${height} words, got ${length}: pad them`);
    }
    expectShape(label, 'a bias', biases[i], [outputs]);
  });
  const paddingIdx = resolvePaddingIdx(label, options.paddingIdx ?? null, rows) ?? -1;
  return commonBackend(label, [ids, table, ...weights, ...biases]).run(() => {
    const inputs: Record<string, Tensor> = { ids, table };
    weights.forEach((weight, i) => {
      inputs[`weight${i}`] = weight;
      inputs[`bias${i}`] = biases[i];
    });
    return ops.embeddingConvMax(inputs, { count, paddingIdx })[0];
  });
}

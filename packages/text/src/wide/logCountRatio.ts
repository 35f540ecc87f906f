import { rowCount, type SparseRows } from './sparseRows.ts';

/**
 * How much each feature speaks for the positive class: r = log((p/‖p‖₁)/(q/‖q‖₁)), p and q the numbers of positive and
 * negative documents that have it, plus `smoothing`.
 *
 * Shape: features `[N, K]`, labels of 0 and 1 `[N]` → `[K]`.
 *
 * Source: Wang and Manning, "Baselines and bigrams: simple, good sentiment and topic classification", 2012.
 */
export function logCountRatio(features: SparseRows, labels: ArrayLike<number>, smoothing = 1): Float32Array {
  const positive = new Float64Array(features.width).fill(smoothing);
  const negative = new Float64Array(features.width).fill(smoothing);
  for (let row = 0; row < rowCount(features); row++) {
    const counts = labels[row] === 1 ? positive : negative;
    for (let i = features.starts[row]!; i < features.starts[row + 1]!; i++) counts[features.columns[i]!]!++;
  }
  const total = (counts: Float64Array) => counts.reduce((sum, count) => sum + count, 0);
  const shift = Math.log(total(positive)) - Math.log(total(negative));
  return Float32Array.from(positive, (count, i) => Math.log(count) - Math.log(negative[i]!) - shift);
}

import { div, mean, sum, type Tensor } from '@tensorflow/tfjs-core';
import type { Reduction } from '../ops/crossEntropy.ts';

/** Throws unless `reduction` is one. */
export function checkReduction(label: string, reduction: Reduction): void {
  if (!['mean', 'sum', 'none'].includes(reduction)) {
    throw new RangeError(`${label}: expected reduction 'mean', 'sum' or 'none', got '${reduction}'`);
  }
}

/** The losses' mean or sum, or they themselves. */
export function reduce(losses: Tensor, reduction: Reduction): Tensor {
  if (reduction === 'none') return losses;
  if (reduction === 'sum') return sum(losses);
  // TensorFlow.js's mean of nothing is 0.
  return losses.size === 0 ? div(sum(losses), 0) : mean(losses);
}

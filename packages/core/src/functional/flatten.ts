import { reshape, type Tensor } from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import { resolveDimension } from './dimension.ts';

export interface FlattenOptions {
  /** The first dimension to flatten. */
  readonly startDim?: number;
  /** The last dimension to flatten. Default −1. */
  readonly endDim?: number;
}

/**
 * Makes one dimension of several (`torch.flatten`).
 *
 * Shape: `[*, d_start, …, d_end, *]` → `[*, d_start·…·d_end, *]`; `startDim` is 0 by default.
 *
 * @example
 * ```ts
 * F.flatten(maps, { startDim: 1 }).shape; // [100, 12, 4, 4] → [100, 192]
 * ```
 */
export function flatten(input: Tensor, { startDim = 0, endDim = -1 }: FlattenOptions = {}): Tensor {
  if (input.rank === 0) return commonBackend('flatten', [input]).run(() => reshape(input, [1]));
  const start = resolveDimension('flatten', startDim, input.rank);
  const end = resolveDimension('flatten', endDim, input.rank);
  if (start > end) throw new RangeError(`flatten: expected startDim before endDim, got ${startDim} and ${endDim}`);
  const joined = input.shape.slice(start, end + 1).reduce((product, side) => product * side, 1);
  const shape = [...input.shape.slice(0, start), joined, ...input.shape.slice(end + 1)];
  return commonBackend('flatten', [input]).run(() => reshape(input, shape));
}

import type { UnsortedSegmentSumAttrs } from '@tensorflow/tfjs-core';
import { type HostTensor, hostZeros } from './hostKernel.ts';

/**
 * Adds up the rows of `x` that have the same id: the gradient of an embedding. Rows whose id is no segment's are left out,
 * as TensorFlow has it.
 */
export function unsortedSegmentSum(
  { x, segmentIds }: { x: HostTensor; segmentIds: HostTensor },
  { numSegments }: UnsortedSegmentSumAttrs,
): HostTensor {
  const rows = segmentIds.values.length;
  const row = rows === 0 ? 0 : x.values.length / rows;
  const sums = hostZeros([numSegments, ...x.shape.slice(segmentIds.shape.length)], x.dtype);
  for (let i = 0; i < rows; i++) {
    const segment = segmentIds.values[i];
    if (segment < 0 || segment >= numSegments) continue;
    for (let j = 0; j < row; j++) sums.values[segment * row + j] += x.values[i * row + j];
  }
  return sums;
}

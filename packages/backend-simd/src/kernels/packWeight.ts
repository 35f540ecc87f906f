import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';

/** A weight that is multiplied by in every step, packed for it: the columns [from, from + width) of a matrix, or its transpose. */
export function packWeight(
  backend: SimdBackend,
  weight: TensorInfo,
  [from, width]: readonly [number, number],
  transposed: boolean,
): TensorInfo {
  const [rows, columns] = weight.shape as [number, number];
  const [steps, outputs] = transposed ? [width, rows] : [rows, width];
  const panels = backend.output([Math.ceil(outputs / 8) * 8 * steps], 'float32');
  const split = backend.split(outputs, steps * outputs * COST.element, CACHE_LINE);
  const source = backend.pointer(weight) + from * 4;
  backend.run('packWeight', split, [
    source,
    columns * 4,
    steps,
    outputs,
    transposed,
    backend.pointer(panels),
    0,
    outputs,
  ]);
  return panels;
}

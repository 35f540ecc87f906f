import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';

/** The number of assembly/reduce.ts. */
const SUM = 0;

/** sums = the rows of a matrix added up. */
export function sumRows(backend: SimdBackend, rows: TensorInfo, sums: TensorInfo): void {
  const columns = util.sizeFromShape(sums.shape);
  const count = util.sizeFromShape(rows.shape) / columns;
  const split = backend.split(columns, count * columns * COST.reduction, CACHE_LINE);
  const [from, to] = [backend.pointer(rows), backend.pointer(sums)];
  backend.run('reduceColumns', split, [SUM, from, to, count, columns, 1, 0, 1, 0, columns], 8);
}

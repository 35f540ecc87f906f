import type { HostArray } from '../tensor/hostArray.ts';
import { hostArray } from '../tensor/hostArray.ts';
import { takeRows } from './collate.ts';
import type { Dataset } from './dataset.ts';

/**
 * Arrays of equal length side by side; example i is the tuple of their i-th rows (`torch.utils.data.TensorDataset`).
 *
 * @throws {RangeError} if the lengths differ.
 *
 * @example
 * ```ts
 * const dataset = new data.TensorDataset(
 *   hostArray('float32', [3, 2], Float32Array.of(1, 2, 3, 4, 5, 6)),
 *   hostArray('int32', [3], Int32Array.of(0, 1, 0)),
 * );
 * ```
 */
export class TensorDataset<Arrays extends HostArray[] = HostArray[]> implements Dataset<Arrays> {
  readonly arrays: Readonly<Arrays>;
  readonly length: number;

  constructor(...arrays: Arrays) {
    const lengths = arrays.map((array) => array.shape[0]);
    if (arrays.length === 0 || lengths.some((length) => length === undefined || length !== lengths[0])) {
      throw new RangeError(`expected arrays of one length, got lengths [${lengths.join(', ')}]`);
    }
    this.arrays = arrays;
    this.length = lengths[0];
  }

  get(index: number): Arrays {
    checkIndex(index, this.length);
    return this.arrays.map((array) => {
      const { dtype, shape, data } = takeRows(array, [index]);
      return hostArray(dtype, shape.slice(1), data);
    }) as Arrays;
  }

  getBatch(indices: ArrayLike<number>): Arrays {
    for (let i = 0; i < indices.length; i++) checkIndex(indices[i], this.length);
    return this.arrays.map((array) => takeRows(array, indices)) as Arrays;
  }
}

/** Throws unless `index` is within a data set of this length. */
export function checkIndex(index: number, length: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= length) {
    throw new RangeError(`index ${index} is outside a data set of length ${length}`);
  }
}

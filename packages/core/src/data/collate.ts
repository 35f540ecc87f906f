import { type DType, type HostArray, type HostData, hostArray } from '../tensor/hostArray.ts';

const isHostArray = (value: unknown): value is HostArray =>
  typeof value === 'object' && value !== null && 'dtype' in value && 'shape' in value && 'data' in value;

/**
 * Makes one batch of examples, as `torch.utils.data.default_collate`: arrays are stacked along a new first dimension,
 * whole numbers become an int32 array, other numbers a float32 one, tuples and records go element by element; anything
 * else becomes a list.
 *
 * @throws {RangeError} if arrays of one place differ in shape.
 */
export function defaultCollate(examples: readonly unknown[]): unknown {
  const first = examples[0];
  if (isHostArray(first)) return stack(examples as readonly HostArray[]);
  if (typeof first === 'number') {
    const numbers = examples as readonly number[];
    return numbers.every(Number.isInteger)
      ? hostArray('int32', [numbers.length], Int32Array.from(numbers))
      : hostArray('float32', [numbers.length], Float32Array.from(numbers));
  }
  if (Array.isArray(first)) {
    const tuples = examples as readonly (readonly unknown[])[];
    return first.map((_, place) => defaultCollate(tuples.map((tuple) => tuple[place])));
  }
  if (typeof first === 'object' && first !== null && Object.getPrototypeOf(first) === Object.prototype) {
    const records = examples as readonly Record<string, unknown>[];
    return Object.fromEntries(
      Object.keys(first).map((key) => [key, defaultCollate(records.map((record) => record[key]))]),
    );
  }
  return [...examples];
}

/** Stacks arrays of one shape along a new first dimension. */
export function stack(arrays: readonly HostArray[]): HostArray {
  const { dtype, shape, data } = arrays[0];
  const Kind = data.constructor as new (length: number) => HostData[DType];
  const stacked = new Kind(arrays.length * data.length);
  arrays.forEach((array, i) => {
    if (array.dtype !== dtype || array.shape.join() !== shape.join()) {
      throw new RangeError(
        `cannot stack examples of different shapes: ${dtype} [${shape.join(', ')}] and ${array.dtype} [${array.shape.join(', ')}]`,
      );
    }
    stacked.set(array.data as never, i * data.length);
  });
  return hostArray(dtype, [arrays.length, ...shape], stacked);
}

/** The rows of an array at `indices`, along its first dimension. */
export function takeRows(array: HostArray, indices: ArrayLike<number>): HostArray {
  const rowShape = array.shape.slice(1);
  const rowSize = rowShape.reduce((product, side) => product * side, 1);
  const Kind = array.data.constructor as new (length: number) => HostData[DType];
  const rows = new Kind(indices.length * rowSize);
  for (let i = 0; i < indices.length; i++) {
    rows.set(array.data.subarray(indices[i] * rowSize, (indices[i] + 1) * rowSize) as never, i * rowSize);
  }
  return hostArray(array.dtype, [indices.length, ...rowShape], rows);
}

/** Replaces every {@link HostArray} in a batch by what `f` makes of it. */
export function mapArrays(batch: unknown, f: (array: HostArray) => unknown): unknown {
  if (isHostArray(batch)) return f(batch);
  if (Array.isArray(batch)) return batch.map((part) => mapArrays(part, f));
  if (typeof batch === 'object' && batch !== null && Object.getPrototypeOf(batch) === Object.prototype) {
    return Object.fromEntries(Object.entries(batch).map(([key, part]) => [key, mapArrays(part, f)]));
  }
  return batch;
}

/** Element types, by PyTorch's names (`torch.float32` is `'float32'`). */
export type DType =
  | 'float64'
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint64'
  | 'uint32'
  | 'uint16'
  | 'uint8'
  | 'bool';

/** The typed array that holds each element type; the 16-bit floats are kept as their bits. */
export interface HostData {
  float64: Float64Array;
  float32: Float32Array;
  float16: Uint16Array;
  bfloat16: Uint16Array;
  int64: BigInt64Array;
  int32: Int32Array;
  int16: Int16Array;
  int8: Int8Array;
  uint64: BigUint64Array;
  uint32: Uint32Array;
  uint16: Uint16Array;
  uint8: Uint8Array;
  bool: Uint8Array;
}

/**
 * An array in the host's memory, row-major (C order): what a file, a data set or a state dict holds before a backend
 * has it. A scalar has shape `[]`.
 */
export interface HostArray<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: HostData[D];
}

/** Makes a {@link HostArray}; throws if `data` does not hold exactly the elements of `shape`. */
export function hostArray<D extends DType>(dtype: D, shape: readonly number[], data: HostData[D]): HostArray<D> {
  const size = shape.reduce((product, side) => product * side, 1);
  if (data.length !== size) {
    throw new RangeError(`shape [${shape.join(', ')}] holds ${size} elements, got ${data.length}`);
  }
  return { dtype, shape, data };
}

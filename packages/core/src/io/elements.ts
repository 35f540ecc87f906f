import type { DType, HostData } from '../tensor/hostArray.ts';

/** The typed array of each element type. */
export const TYPED_ARRAYS: {
  readonly [D in DType]: {
    new (buffer: ArrayBufferLike, byteOffset: number, length: number): HostData[D];
    new (length: number): HostData[D];
    readonly BYTES_PER_ELEMENT: number;
  };
} = {
  float64: Float64Array,
  float32: Float32Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint64: BigUint64Array,
  uint32: Uint32Array,
  uint16: Uint16Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/** Reverses the bytes of each element in place. */
function turnAround(bytes: Uint8Array, size: number): void {
  for (let start = 0; start < bytes.length; start += size) {
    for (let low = start, high = start + size - 1; low < high; low++, high--) {
      const byte = bytes[low]!;
      bytes[low] = bytes[high]!;
      bytes[high] = byte;
    }
  }
}

/** A copy of `bytes` as elements; big-endian ones are turned around. Truth values other than 0 and 1 become 1. */
export function copyElements<D extends DType>(dtype: D, bytes: Uint8Array, bigEndian: boolean): HostData[D] {
  const size = TYPED_ARRAYS[dtype].BYTES_PER_ELEMENT;
  const copy = new Uint8Array(bytes);
  if (bigEndian && size > 1) turnAround(copy, size);
  if (dtype === 'bool') for (let at = 0; at < copy.length; at++) copy[at] = copy[at] === 0 ? 0 : 1;
  return new TYPED_ARRAYS[dtype](copy.buffer, 0, copy.length / size);
}

/**
 * Gathers a strided view into row-major order.
 *
 * @param strides - in elements, one a side.
 * @param offset - the first element. The caller has checked that every element lies within `source`.
 */
export function gather<D extends DType>(
  dtype: D,
  source: HostData[D],
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
): HostData[D] {
  const count = shape.reduce((product, side) => product * side, 1);
  const target = new TYPED_ARRAYS[dtype](count);
  const position = shape.map(() => 0);
  let at = offset;
  for (let n = 0; n < count; n++) {
    target[n] = source[at]!;
    for (let side = shape.length - 1; side >= 0; side--) {
      at += strides[side]!;
      if (++position[side]! < shape[side]!) break;
      at -= strides[side]! * shape[side]!;
      position[side] = 0;
    }
  }
  return target;
}

/** The number of elements of a shape, or undefined if the product is beyond what a Number counts exactly. */
export function countElements(shape: readonly number[]): number | undefined {
  if (shape.includes(0)) return 0;
  let count = 1;
  for (const side of shape) {
    count *= side;
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}

import { type HostArray, type HostData, hostArray } from './hostArray.ts';

/** The element types that values on a device have. */
export type DeviceDType = 'float32' | 'int32' | 'bool';

/**
 * An array's values in another element type, as PyTorch's `tensor.copy_` converts them: to float32 rounded once, to the
 * nearest (16-bit floats fit exactly); to int32 cut towards zero; to bool whether they differ from 0.
 *
 * @throws {RangeError} if a value does not fit int32, which PyTorch leaves undefined.
 */
export function convertDType<D extends DeviceDType>(array: HostArray, dtype: D): HostArray<D> {
  if (array.dtype === dtype) return array as HostArray<D>;
  const numbers = array.dtype === 'float16' || array.dtype === 'bfloat16' ? toFloats(array as HalfArray) : array.data;
  return hostArray(dtype, array.shape, CONVERT[dtype](numbers) as HostData[D]);
}

type HalfArray = HostArray<'float16' | 'bfloat16'>;
type Values = ArrayLike<number> | ArrayLike<bigint>;

const CONVERT: { readonly [D in DeviceDType]: (values: Values) => HostData[D] } = {
  float32: (values) => {
    if (values instanceof Float32Array) return values;
    return isWide(values) ? Float32Array.from(values, roundToFloat32) : Float32Array.from(values as ArrayLike<number>);
  },
  int32: (values) => Int32Array.from(values as ArrayLike<number>, toInt32),
  bool: (values) => Uint8Array.from(values as ArrayLike<number>, (value) => (Number(value) !== 0 ? 1 : 0)),
};

const isWide = (values: Values): values is BigInt64Array | BigUint64Array =>
  values instanceof BigInt64Array || values instanceof BigUint64Array;

function toInt32(value: number | bigint): number {
  const number = Math.trunc(Number(value));
  if (!(number <= 2147483647 && number >= -2147483648)) throw new RangeError(`${value} does not fit int32`);
  return number;
}

/** Rounded once: by way of a double, integers beyond 2⁵³ would be rounded twice. */
function roundToFloat32(value: bigint): number {
  const size = value < 0n ? -value : value;
  let shift = 0n;
  while (size >> shift > 0xfffffffffffffn) shift += 8n;
  const kept = size >> shift;
  // A bit for whatever has been cut off, far below those that float32 keeps: it decides ties, as it should.
  const sticky = kept << shift === size ? kept : kept | 1n;
  return Math.fround(Number(value < 0n ? -sticky : sticky)) * 2 ** Number(shift);
}

/** The float32 that each 16-bit float stands for: there is one for all of them. */
function toFloats({ dtype, data }: HalfArray): Float32Array {
  const bits =
    dtype === 'bfloat16' ? Uint32Array.from(data, (half) => half << 16) : Uint32Array.from(data, halfToFloat);
  return new Float32Array(bits.buffer);
}

/** IEEE 754 binary16 to binary32, bit for bit. */
function halfToFloat(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // Below the smallest normal half: a normal float, whose first bit is the highest that is set.
  const highest = 31 - Math.clz32(fraction);
  return sign | ((highest + 103) << 23) | ((fraction << (23 - highest)) & 0x7fffff);
}

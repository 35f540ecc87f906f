import type { HostArray } from '@flambeau/core';
import { DataError } from '../dataError.ts';

/** The element types that an IDX file can hold. */
export type IdxDType = 'uint8' | 'int8' | 'int16' | 'int32' | 'float32' | 'float64';

interface Element {
  readonly dtype: IdxDType;
  readonly bytes: number;
  /** Reads `count` big-endian elements. */
  readonly read: (view: DataView, count: number) => HostArray['data'];
}

function each<A extends { [index: number]: number }>(array: A, count: number, read: (index: number) => number): A {
  for (let index = 0; index < count; index++) array[index] = read(index);
  return array;
}

const elements: Readonly<Record<number, Element>> = {
  8: { dtype: 'uint8', bytes: 1, read: (v, n) => new Uint8Array(v.buffer, v.byteOffset, n) },
  9: { dtype: 'int8', bytes: 1, read: (v, n) => new Int8Array(v.buffer, v.byteOffset, n) },
  11: { dtype: 'int16', bytes: 2, read: (v, n) => each(new Int16Array(n), n, (i) => v.getInt16(2 * i)) },
  12: { dtype: 'int32', bytes: 4, read: (v, n) => each(new Int32Array(n), n, (i) => v.getInt32(4 * i)) },
  13: { dtype: 'float32', bytes: 4, read: (v, n) => each(new Float32Array(n), n, (i) => v.getFloat32(4 * i)) },
  14: { dtype: 'float64', bytes: 8, read: (v, n) => each(new Float64Array(n), n, (i) => v.getFloat64(8 * i)) },
};

/** Of 255 sides not all need be read in a message. */
function shownSides(shape: readonly number[]): string {
  return shape.slice(0, 8).join(', ') + (shape.length > 8 ? ', …' : '');
}

const shownCount = (count: bigint): string => (count > 2n ** 128n ? 'over 2¹²⁸' : `${count}`);

/**
 * Reads an IDX file, the format of MNIST and its successors.
 *
 * The file is: two zero bytes, one byte for the element type (8 uint8, 9 int8, 11 int16, 12 int32, 13 float32, 14 float64),
 * one byte for the number of dimensions, each dimension as a big-endian uint32, then the elements, big-endian, row-major.
 *
 * @param bytes the unpacked file. Arrays of one-byte elements are views on it, the others are copies.
 * @param name how messages call the file (default `'IDX file'`)
 * @returns the array, of the file's shape and type
 * @throws {DataError} `wrong-format` (the first four bytes are not IDX's), `truncated` (fewer bytes than the header claims),
 *   `too-large` (more bytes than it claims)
 *
 * @example
 * ```ts
 * const labels = parseIdx(bytes, 'train-labels-idx1-ubyte');
 * console.log(labels.dtype, labels.shape); // uint8 [ 60000 ]
 * ```
 *
 * Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits", section "File formats".
 */
export function parseIdx(bytes: Uint8Array, name = 'IDX file'): HostArray<IdxDType> {
  if (bytes.length < 4) {
    throw new DataError('truncated', `${name}: expected an IDX header of at least 4 bytes, got ${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const element = elements[view.getUint8(2)];
  if (view.getUint16(0) !== 0 || element === undefined) {
    const magic = view.getUint32(0).toString(16).padStart(8, '0');
    throw new DataError(
      'wrong-format',
      `${name}: expected the first four bytes of an IDX file (0000, type 08, 09 or 0b to 0e, dimensions), got ${magic}`,
    );
  }
  const dimensions = view.getUint8(3);
  const headerBytes = 4 + 4 * dimensions;
  if (bytes.length < headerBytes) {
    throw new DataError(
      'truncated',
      `${name}: expected a header of ${headerBytes} bytes for ${dimensions} dimensions, got ${bytes.length}`,
    );
  }
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  // BigInt: 255 dimensions of 2³² − 1 have a product that a Number would round or turn into Infinity.
  const claimed = shape.reduce((product, side) => product * BigInt(side), BigInt(element.bytes)) + BigInt(headerBytes);
  if (claimed !== BigInt(bytes.length)) {
    throw new DataError(
      claimed > BigInt(bytes.length) ? 'truncated' : 'too-large',
      `${name}: its header claims ${element.dtype} [${shownSides(shape)}], ${shownCount(claimed)} bytes in all, but it has ${bytes.length}`,
    );
  }
  const count = (bytes.length - headerBytes) / element.bytes;
  const data = element.read(new DataView(bytes.buffer, bytes.byteOffset + headerBytes), count);
  return { dtype: element.dtype, shape, data } as HostArray<IdxDType>;
}

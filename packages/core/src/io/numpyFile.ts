import { type DType, type HostArray, hostArray } from '../tensor/hostArray.ts';
import { copyElements, countElements, gather, TYPED_ARRAYS } from './elements.ts';
import { excerpt, excerptOfJson } from './excerpt.ts';
import { readZipDirectory, readZipEntry } from './zipArchive.ts';

/** A file that is no NumPy array of plain numbers: damaged, of another format, or holding Python objects. */
export class NumpyFileError extends Error {
  override readonly name = 'NumpyFileError';
}

function refuse(reason: string): never {
  throw new NumpyFileError(reason);
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** As numpy.load has it, for headers that are not trusted. */
const MAX_HEADER_BYTES = 10_000;
/** As NumPy has it, since 2.0. */
const MAX_DIMENSIONS = 64;

const DTYPES: Readonly<Record<string, DType>> = {
  f8: 'float64',
  f4: 'float32',
  f2: 'float16',
  i8: 'int64',
  i4: 'int32',
  i2: 'int16',
  i1: 'int8',
  u8: 'uint64',
  u4: 'uint32',
  u2: 'uint16',
  u1: 'uint8',
  b1: 'bool',
};

interface Header {
  readonly dtype: DType;
  readonly bigEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  readonly dataStart: number;
}

/** The header's text and where the data begin. */
function headerText(bytes: Uint8Array): { text: string; dataStart: number } {
  if (MAGIC.some((byte, at) => bytes[at] !== byte)) refuse("the file does not begin with '\\x93NUMPY'");
  const version = bytes[6];
  if (version !== 1 && version !== 2 && version !== 3) {
    return refuse(`the file has version ${version ?? 'none'} of the npy format, expected 1, 2 or 3`);
  }
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) refuse(`the file has ${bytes.length} bytes, expected a header of at least ${start}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER_BYTES) refuse(`the header claims ${length} bytes, expected at most ${MAX_HEADER_BYTES}`);
  if (start + length > bytes.length) {
    refuse(`the header claims ${length} bytes, expected no more than the ${bytes.length - start} left`);
  }
  const encoded = bytes.subarray(start, start + length);
  try {
    const text =
      version === 3 ? new TextDecoder('utf-8', { fatal: true }).decode(encoded) : String.fromCharCode(...encoded);
    return { text, dataStart: start + length };
  } catch {
    return refuse('the header is not UTF-8, expected it in version 3 of the npy format');
  }
}

function parseShape(text: string): number[] {
  const inner = text.slice(1, -1).trim();
  if (inner === '') return [];
  const sides = inner.replace(/,$/, '').split(',');
  // `(3)` is a number in Python, not a tuple.
  if (sides.length === 1 && !inner.endsWith(','))
    return refuse(`the header's shape is ${excerpt(text)}, expected a tuple`);
  if (sides.length > MAX_DIMENSIONS)
    refuse(`the array has ${sides.length} dimensions, expected at most ${MAX_DIMENSIONS}`);
  return sides.map((side) => {
    // Python 2 wrote `3L`.
    const digits = /^\s*(\d{1,16})L?\s*$/.exec(side)?.[1];
    const value = Number(digits);
    return digits !== undefined && Number.isSafeInteger(value)
      ? value
      : refuse(`the header's shape holds '${excerpt(side.trim())}', expected whole numbers`);
  });
}

function parseDtype(descr: string): Pick<Header, 'dtype' | 'bigEndian'> {
  if (descr.startsWith('[')) refuse('the array has a structured dtype, expected plain numbers');
  const [, order, code] = /^'([<>|=]?)([A-Za-z]\d*)'$/.exec(descr.replaceAll('"', "'")) ?? [];
  if (code?.startsWith('O')) refuse('the array holds Python objects, which only running a pickle could read');
  const dtype = code === undefined || !Object.hasOwn(DTYPES, code) ? undefined : DTYPES[code];
  if (dtype === undefined)
    return refuse(`the array has dtype ${excerpt(descr)}, expected one of ${Object.keys(DTYPES).join(', ')}`);
  return { dtype, bigEndian: order === '>' };
}

/** Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, and no other Python. */
function readHeader(bytes: Uint8Array): Header {
  const { text, dataStart } = headerText(bytes);
  const fields = new Map<string, string>();
  const body = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1];
  if (body === undefined) return refuse('the header is no Python dict');
  const field =
    /\s*(['"])(descr|fortran_order|shape)\1\s*:\s*('[^']*'|"[^"]*"|\[.*\]|\([^()]*\)|True|False)\s*(?:,\s*|$)/sy;
  while (field.lastIndex < body.length) {
    const at = field.lastIndex;
    const [, , key, value] = field.exec(body) ?? [];
    if (key === undefined || value === undefined) {
      return refuse(`the header holds '${body.slice(at, at + 40).trim()}', expected descr, fortran_order and shape`);
    }
    if (fields.has(key)) refuse(`the header names ${key} twice, expected once`);
    fields.set(key, value);
  }
  const [descr, order, shape] = [fields.get('descr'), fields.get('fortran_order'), fields.get('shape')];
  if (descr === undefined || order === undefined || shape === undefined) {
    return refuse('the header lacks descr, fortran_order or shape, expected all three');
  }
  if (order !== 'True' && order !== 'False') refuse(`fortran_order is ${excerpt(order)}, expected True or False`);
  if (!shape.startsWith('(')) refuse(`the header's shape is ${excerpt(shape)}, expected a tuple`);
  return { ...parseDtype(descr), fortranOrder: order === 'True', shape: parseShape(shape), dataStart };
}

/**
 * Reads a NumPy `.npy` file (versions 1 to 3): one array, in C or Fortran order, of either byte order. The result is
 * row-major and keeps the file's bits; half floats stay bits. No Python is evaluated and no pickle is read.
 *
 * @param bytes - the whole file.
 * @throws NumpyFileError if the file is damaged, or holds Python objects, structures, text, dates or complex numbers.
 *
 * @example
 * ```ts
 * const { dtype, shape, data } = parseNpy(new Uint8Array(await response.arrayBuffer()));
 * ```
 *
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function parseNpy(bytes: Uint8Array): HostArray {
  const { dtype, bigEndian, fortranOrder, shape, dataStart } = readHeader(bytes);
  const count = countElements(shape);
  const held = bytes.length - dataStart;
  const expected = count === undefined ? Infinity : count * TYPED_ARRAYS[dtype].BYTES_PER_ELEMENT;
  if (count === undefined || expected !== held) {
    return refuse(`shape ${excerptOfJson(shape)} of ${dtype} takes ${expected} bytes, but ${held} follow the header`);
  }
  const elements = copyElements(dtype, bytes.subarray(dataStart), bigEndian);
  if (!fortranOrder || shape.length < 2) return hostArray(dtype, shape, elements);
  let stride = 1;
  const strides = shape.map((side) => {
    stride *= side;
    return stride / side;
  });
  return hostArray(dtype, shape, count === 0 ? elements : gather(dtype, elements, shape, strides, 0));
}

/**
 * Reads a NumPy `.npz` file, as `np.savez` and `np.savez_compressed` write it: arrays by name. The record has no
 * prototype, so an array may have any name.
 *
 * @param bytes - the whole file.
 * @throws NumpyFileError if the archive or one of its arrays is refused (see {@link parseNpy}).
 *
 * @example
 * ```ts
 * const { images, labels } = parseNpz(bytes); // np.savez(path, images=…, labels=…)
 * ```
 *
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.savez.html
 */
export function parseNpz(bytes: Uint8Array): Record<string, HostArray> {
  const arrays: Record<string, HostArray> = Object.create(null);
  for (const entry of readZipDirectory(bytes, refuse).values()) {
    if (!entry.name.endsWith('.npy')) refuse(`the archive holds '${excerpt(entry.name)}', expected only .npy files`);
    const content = readZipEntry(entry, refuse);
    try {
      arrays[entry.name.slice(0, -'.npy'.length)] = parseNpy(content);
    } catch (error) {
      throw error instanceof NumpyFileError ? new NumpyFileError(`'${excerpt(entry.name)}': ${error.message}`) : error;
    }
  }
  return arrays;
}

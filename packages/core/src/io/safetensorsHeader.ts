import type { DType } from '../tensor/hostArray.ts';
import { excerptOfJson } from './excerpt.ts';
import { type JsonFaults, jsonMembers, kindOfJson, parse } from './jsonMembers.ts';

/** The one error of reading and writing safetensors: bytes that are no valid file, or tensors that make none. */
export class SafetensorsError extends Error {
  override readonly name = 'SafetensorsError';
}

/** The header's length stands before it, in 8 bytes. */
export const LENGTH_BYTES = 8;

/** The largest header that the format's own library reads. */
export const MAX_HEADER_BYTES = 100_000_000;

/** The format's names of element types. */
export const FORMAT_NAMES: Readonly<Record<DType, string>> = {
  float64: 'F64',
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  int64: 'I64',
  int32: 'I32',
  int16: 'I16',
  int8: 'I8',
  uint64: 'U64',
  uint32: 'U32',
  uint16: 'U16',
  uint8: 'U8',
  bool: 'BOOL',
};

const DTYPES = new Map(Object.entries(FORMAT_NAMES).map(([dtype, name]) => [name, dtype as DType]));

/** Bytes of one element. */
export const ELEMENT_BYTES: Readonly<Record<DType, number>> = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint64: 8,
  uint32: 4,
  uint16: 2,
  uint8: 1,
  bool: 1,
};

/** Where a tensor lies: bytes `begin` to `end` after the header. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  /** The tensors in the order in which the header names them. */
  readonly entries: readonly TensorEntry[];
  readonly metadata: ReadonlyMap<string, string>;
  /** The index in the file of the first byte of data. */
  readonly dataStart: number;
}

/** More than any tensor needs: a name, a shape and two numbers. */
const MAX_ENTRY_CHARACTERS = 1 << 13;

const faults: JsonFaults = {
  notJson() {
    throw new SafetensorsError('the header is not JSON');
  },
  twice(key) {
    throw new SafetensorsError(`the header names ${excerptOfJson(key)} twice, expected each name once`);
  },
};

/** Reads and checks the header of a file, whose bytes are all there; throws {@link SafetensorsError}. */
export function readHeader(bytes: Uint8Array): Header {
  const text = headerText(bytes);
  const kind = kindOfJson(text);
  if (kind !== undefined && kind !== 'an object') {
    throw new SafetensorsError(`the header is ${kind}, expected a JSON object`);
  }
  const entries: TensorEntry[] = [];
  let metadata = new Map<string, string>();
  for (const { key, value } of jsonMembers(text, faults)) {
    if (key === '__metadata__') metadata = readMetadata(value);
    else entries.push(tensorEntry(key, value));
  }
  const dataStart = bytes.length - checkLayout(entries, bytes.length - LENGTH_BYTES - headerLength(bytes));
  return { entries, metadata, dataStart };
}

function headerLength(bytes: Uint8Array): number {
  if (bytes.length < LENGTH_BYTES) {
    throw new SafetensorsError(
      `a safetensors file starts with ${LENGTH_BYTES} bytes of length, got ${bytes.length} bytes`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) === 0x504b0304) {
    throw new SafetensorsError('this is a zip archive (PyTorch saves its .pt files so), expected safetensors');
  }
  const length = view.getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw new SafetensorsError(`the header's length is ${length} bytes, expected at most ${MAX_HEADER_BYTES}`);
  }
  if (length > BigInt(bytes.length - LENGTH_BYTES)) {
    throw new SafetensorsError(
      `the header's length is ${length} bytes, but the file has only ${bytes.length - LENGTH_BYTES} after it`,
    );
  }
  return Number(length);
}

function headerText(bytes: Uint8Array): string {
  // A copy, because TextDecoder refuses shared memory.
  const header = bytes.slice(LENGTH_BYTES, LENGTH_BYTES + headerLength(bytes));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header);
  } catch (cause) {
    throw new SafetensorsError('the header is not UTF-8', { cause });
  }
}

function readMetadata(text: string): Map<string, string> {
  const metadata = new Map<string, string>();
  const kind = kindOfJson(text);
  if (kind === 'null' && parse(text, faults) === null) return metadata;
  if (kind !== 'an object') {
    throw new SafetensorsError(`__metadata__ is ${kind ?? 'not JSON'}, expected an object of strings`);
  }
  for (const { key, value } of jsonMembers(text, faults)) {
    const itemKind = kindOfJson(value);
    if (itemKind === undefined) faults.notJson();
    if (itemKind !== 'a string') {
      throw new SafetensorsError(`__metadata__ has ${itemKind} at ${excerptOfJson(key)}, expected a string`);
    }
    metadata.set(key, parse(value, faults) as string);
  }
  return metadata;
}

function tensorEntry(name: string, text: string): TensorEntry {
  const label = excerptOfJson(name);
  const kind = kindOfJson(text);
  if (kind === undefined) faults.notJson();
  if (kind !== 'an object') throw new SafetensorsError(`tensor ${label} is ${kind}, expected an object`);
  if (text.length > MAX_ENTRY_CHARACTERS) {
    throw new SafetensorsError(
      `tensor ${label} is described in ${text.length} characters, expected at most ${MAX_ENTRY_CHARACTERS}`,
    );
  }
  const members = new Map<string, unknown>();
  for (const { key, value } of jsonMembers(text, faults)) members.set(key, parse(value, faults));
  const [formatName, shape, offsets] = ['dtype', 'shape', 'data_offsets'].map((key) => members.get(key));
  const dtype = typeof formatName === 'string' ? DTYPES.get(formatName) : undefined;
  if (dtype === undefined) {
    const known = [...DTYPES.keys()].join(', ');
    throw new SafetensorsError(`tensor ${label} has dtype ${excerptOfJson(formatName)}, expected one of ${known}`);
  }
  if (!isSizes(shape)) {
    throw new SafetensorsError(
      `tensor ${label} has shape ${excerptOfJson(shape)}, expected whole numbers of at least 0`,
    );
  }
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw new SafetensorsError(
      `tensor ${label} has data_offsets ${excerptOfJson(offsets)}, expected [begin, end] with begin <= end`,
    );
  }
  const [begin, end] = offsets as [number, number];
  const size = byteSize(shape, ELEMENT_BYTES[dtype]);
  if (size === undefined) {
    throw new SafetensorsError(`tensor ${label} has shape ${excerptOfJson(shape)}, more than a file can hold`);
  }
  if (end - begin !== size) {
    throw new SafetensorsError(
      `tensor ${label} has ${end - begin} bytes, expected ${size} for ${formatName} of shape ${excerptOfJson(shape)}`,
    );
  }
  return { name, dtype, shape, begin, end };
}

/** The bytes of a shape, or undefined where a Number can't hold the exact product. */
function byteSize(shape: readonly number[], elementBytes: number): number | undefined {
  let size = elementBytes;
  for (const side of shape) {
    size *= side;
    if (!Number.isSafeInteger(size)) return undefined;
  }
  return size;
}

/** Throws unless the tensors cover the data without holes and overlaps; returns the number of bytes of data. */
function checkLayout(entries: readonly TensorEntry[], dataBytes: number): number {
  const ordered = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let position = 0;
  for (const { name, begin, end } of ordered) {
    if (begin !== position) {
      const fault = begin > position ? `leaves a hole of ${begin - position} bytes before it` : 'overlaps another';
      throw new SafetensorsError(
        `tensor ${excerptOfJson(name)} begins at byte ${begin} and ${fault}, expected byte ${position}`,
      );
    }
    position = end;
  }
  if (position !== dataBytes) {
    throw new SafetensorsError(`the header describes ${position} bytes of data, but the file holds ${dataBytes}`);
  }
  return dataBytes;
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

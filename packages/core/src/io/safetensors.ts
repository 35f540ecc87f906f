import { type DType, type HostArray, hostArray } from '../tensor/hostArray.ts';
import { TYPED_ARRAYS } from './elements.ts';
import {
  ELEMENT_BYTES,
  FORMAT_NAMES,
  LENGTH_BYTES,
  MAX_HEADER_BYTES,
  readHeader,
  SafetensorsError,
} from './safetensorsHeader.ts';

/** What a safetensors file holds. */
export interface Safetensors {
  /** The tensors by name, in the order in which the header names them. */
  readonly tensors: Map<string, HostArray>;
  /** The file's `__metadata__`: strings by name. */
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Reads a safetensors file: the format in which PyTorch's state dicts travel without pickled code.
 *
 * Every claim of the header is checked before it is used: the file is read whole or not at all. Where a tensor lies
 * aligned its array is a view of `bytes`, else a copy; bit patterns (NaN payloads too) are kept.
 *
 * @param bytes the whole file.
 * @throws SafetensorsError if the bytes are no valid file, with one sentence that says why.
 *
 * @example
 * ```ts
 * const { tensors } = parseSafetensors(new Uint8Array(await response.arrayBuffer()));
 * tensors.get('conv1.weight')?.shape; // [6, 1, 5, 5]
 * ```
 *
 * Source: https://github.com/huggingface/safetensors#format
 */
export function parseSafetensors(bytes: Uint8Array): Safetensors {
  const { entries, metadata, dataStart } = readHeader(bytes);
  const tensors = new Map<string, HostArray>();
  for (const { name, dtype, shape, begin } of entries) {
    tensors.set(name, readTensor(bytes, dtype, shape, dataStart + begin));
  }
  return { tensors, metadata };
}

function readTensor<D extends DType>(bytes: Uint8Array, dtype: D, shape: readonly number[], start: number) {
  const size = shape.reduce((product, side) => product * side, 1);
  const byteOffset = bytes.byteOffset + start;
  const elementBytes = ELEMENT_BYTES[dtype];
  if (byteOffset % elementBytes === 0)
    return hostArray(dtype, shape, new TYPED_ARRAYS[dtype](bytes.buffer, byteOffset, size));
  const data = new TYPED_ARRAYS[dtype](size);
  bytesOf(data).set(bytes.subarray(start, start + size * elementBytes));
  return hostArray(dtype, shape, data);
}

/**
 * Writes tensors as a safetensors file, which PyTorch's `safetensors.torch.load_file` reads.
 *
 * The header names the tensors in the order given; their data lie from the widest element type to the narrowest, so that
 * every tensor is aligned.
 *
 * @param tensors names and arrays.
 * @param metadata strings by name, stored as the file's `__metadata__`.
 * @throws SafetensorsError if a name stands twice or is no valid text, or if an array does not fill its shape.
 */
export function serializeSafetensors(
  tensors: Iterable<readonly [string, HostArray]>,
  metadata?: Readonly<Record<string, string>> | ReadonlyMap<string, string>,
): Uint8Array<ArrayBuffer> {
  const arrays = new Map<string, HostArray>();
  for (const [name, array] of tensors) {
    checkTensor(name, array);
    if (arrays.has(name)) throw new SafetensorsError(`two tensors are named ${JSON.stringify(name)}, expected one`);
    arrays.set(name, array);
  }

  const offsets = new Map<string, [number, number]>();
  let dataBytes = 0;
  const byWidth = [...arrays].sort(([, a], [, b]) => ELEMENT_BYTES[b.dtype] - ELEMENT_BYTES[a.dtype]);
  for (const [name, { data }] of byWidth) {
    offsets.set(name, [dataBytes, (dataBytes += data.byteLength)]);
  }

  const members = [...arrays].map(([name, { dtype, shape }]) =>
    member(name, { dtype: FORMAT_NAMES[dtype], shape, data_offsets: offsets.get(name) }),
  );
  const strings = metadataEntries(metadata);
  if (strings.length > 0)
    members.unshift(`"__metadata__":{${strings.map(([key, text]) => member(key, text)).join(',')}}`);
  const header = new TextEncoder().encode(`{${members.join(',')}}`);
  // Padded so that the data start at a multiple of 8.
  const headerBytes = Math.ceil(header.length / 8) * 8;
  if (headerBytes > MAX_HEADER_BYTES) {
    throw new SafetensorsError(`the header would have ${headerBytes} bytes, expected at most ${MAX_HEADER_BYTES}`);
  }

  const file = new Uint8Array(LENGTH_BYTES + headerBytes + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  file.set(header, LENGTH_BYTES);
  for (const [name, { data }] of arrays) file.set(bytesOf(data), LENGTH_BYTES + headerBytes + offsets.get(name)![0]);
  return file;
}

/** One member of a JSON object. Members are joined by hand: an object would put names that look like numbers first. */
function member(name: string, value: unknown): string {
  return `${JSON.stringify(name)}:${JSON.stringify(value)}`;
}

function metadataEntries(metadata: Readonly<Record<string, string>> | ReadonlyMap<string, string> = {}) {
  const entries = metadata instanceof Map ? [...metadata] : Object.entries(metadata);
  for (const [key, text] of entries as [string, unknown][]) {
    if (typeof text !== 'string') {
      throw new SafetensorsError(`metadata ${JSON.stringify(key)} is a ${typeof text}, expected a string`);
    }
    checkText(key);
    checkText(text);
  }
  return entries as [string, string][];
}

function checkTensor(name: string, { dtype, shape, data }: HostArray): void {
  checkText(name);
  const label = JSON.stringify(name);
  if (name === '__metadata__') throw new SafetensorsError(`a tensor can't be named ${label}: the format reserves it`);
  const array = TYPED_ARRAYS[dtype];
  if (array === undefined || !(data instanceof array)) {
    throw new SafetensorsError(`tensor ${label} of dtype ${dtype} holds a ${data?.constructor?.name}`);
  }
  const size = shape.reduce((product, side) => product * side, 1);
  if (data.length !== size || shape.some((side) => !Number.isSafeInteger(side) || side < 0)) {
    throw new SafetensorsError(`tensor ${label} has ${data.length} elements, expected shape [${shape.join(', ')}]`);
  }
}

/** Half a surrogate pair is no Unicode text; other readers refuse the file. */
function checkText(text: string): void {
  if (/\p{Surrogate}/u.test(text)) throw new SafetensorsError(`${JSON.stringify(text)} is not valid Unicode text`);
}

function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

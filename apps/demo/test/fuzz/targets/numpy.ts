import { type HostArray, NumpyFileError, parseNpy, parseNpz } from '@flambeau/core';
import { concat, encodeNumber, mutateBytes } from '../mutateBytes.ts';
import { mutateText } from '../mutateText.ts';
import { mutateZip } from '../mutateZip.ts';
import type { Random } from '../random.ts';
import { agree, type FuzzTarget } from '../target.ts';
import { type Member, unzip, zip } from '../zip.ts';

const BYTES: Readonly<Record<HostArray['dtype'], number>> = {
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
const DESCRS = [
  '<f8',
  '>f8',
  '<f4',
  '>f4',
  '<f2',
  '<i8',
  '>i8',
  '<i4',
  '>i2',
  '|i1',
  '<u8',
  '<u4',
  '<u2',
  '|u1',
  '|b1',
];

/** One array as `numpy.save` writes it: the header padded so that the data begin at a multiple of 64. */
function npy(descr: string, fortran: boolean, shape: readonly number[], version = 1, data?: Uint8Array): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const size = shape.reduce((product, side) => product * side, Number(descr.slice(2)));
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${tuple}, }`;
  const values = data ?? Uint8Array.from({ length: size }, (_, i) => (descr === '|b1' ? i & 1 : i));
  const start = version === 1 ? 10 : 12;
  return join(version, text.padEnd(Math.ceil((start + text.length + 1) / 64) * 64 - start - 1), values);
}

function join(version: number, header: string, data: Uint8Array, length?: number): Uint8Array {
  const text = new TextEncoder().encode(`${header}\n`);
  const magic = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0);
  return concat(magic, encodeNumber(length ?? text.length, version === 1 ? 2 : 4, true), text, data);
}

function split(file: Uint8Array): { version: number; header: string; data: Uint8Array } {
  const version = file[6]!;
  const view = new DataView(file.buffer, file.byteOffset);
  const start = version === 1 ? 10 : 12;
  const end = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  return { version, header: new TextDecoder().decode(file.subarray(start, end)).trimEnd(), data: file.subarray(end) };
}

const corpus = [
  ...DESCRS.map((descr, i) => npy(descr, i % 2 === 0, [[3, 4], [5], [], [2, 0, 3]][i % 4]!, 1 + (i % 3))),
  npy('<f4', false, [40, 25, 50]),
  npy('>f8', true, [100, 250]),
];

function mutate(file: Uint8Array, random: Random): Uint8Array {
  if (random.chance(0.3)) return mutateBytes(file, random, corpus);
  const { version, header, data } = split(file);
  const otherVersion = random.chance(0.1) ? random.below(5) : version;
  const length = random.chance(0.1) ? random.number(header.length) : undefined;
  if (random.chance(0.6)) return join(otherVersion, mutateText(header, random), data, length);
  // Another type or shape, the data as long as that takes or not.
  const sides = Array.from({ length: random.below(4) }, () => random.pick([0, 1, 2, 3, 7, Math.abs(random.number())]));
  const descr = random.pick(DESCRS);
  const claimed = sides.reduce((product, side) => product * side, Number(descr.slice(2)));
  const given = claimed < 1 << 18 && random.chance(0.7) ? new Uint8Array(claimed).fill(1) : data;
  return npy(descr, random.chance(0.5), sides, otherVersion, given);
}

function check({ shape, dtype, data }: HostArray, bytes: number): void {
  const count = shape.reduce((product, side) => product * side, 1);
  agree(count === data.length && shape.every((side) => Number.isSafeInteger(side) && side >= 0), 'the shape is filled');
  agree(count * BYTES[dtype] === bytes, `${count} elements of ${dtype} in ${bytes} bytes`);
  if (dtype === 'bool')
    agree(
      (data as Uint8Array).every((value) => value <= 1),
      'truth values',
    );
}

/** NumPy's `.npy` files. */
export const npyFile: FuzzTarget<HostArray> = {
  name: 'npy',
  corpus,
  mutate,
  read: parseNpy,
  isRefusal: (error) => error instanceof NumpyFileError,
  check(array, file) {
    const { data, header } = split(file);
    check(array, data.length);
    // Written in the machine's own order, the very bytes are what was read.
    if (/'[<|]/.test(header) && /'fortran_order'\s*:\s*False/.test(header) && array.dtype !== 'bool') {
      const { buffer, byteOffset, byteLength } = array.data;
      agree(Buffer.from(buffer, byteOffset, byteLength).equals(data), 'the bytes');
    }
  },
};

const archives = [
  zip(corpus.slice(0, 4).map((data, i): Member => ({ name: `arr_${i}.npy`, data }))),
  zip(corpus.slice(4, 8).map((data, i): Member => ({ name: `x${i}.npy`, data, deflated: true }))),
  zip(corpus.slice(-2).map((data, i): Member => ({ name: `large${i}.npy`, data, deflated: i === 0 }))),
  zip([{ name: 'zeros.npy', data: npy('<f4', false, [300, 300], 1, new Uint8Array(360_000)), deflated: true }]),
];

/** What the members unpack to; an archive that can't be read has none. */
function unpackedSize(file: Uint8Array): number {
  try {
    return Math.max(
      file.length,
      unzip(file).reduce((sum, { data }) => sum + data.length, 0),
    );
  } catch {
    return file.length;
  }
}

/** NumPy's `.npz` archives, stored and deflated. */
export const npzFile: FuzzTarget<Record<string, HostArray>> = {
  name: 'npz',
  corpus: archives,
  mutate(file, random) {
    if (random.chance(0.3)) return mutateBytes(file, random, archives);
    const members = unzip(file);
    if (random.chance(0.4)) return mutateZip(members, random);
    const at = random.below(members.length);
    return zip(members.map((member, i) => (i === at ? { ...member, data: mutate(member.data, random) } : member)));
  },
  read: parseNpz,
  isRefusal: (error) => error instanceof NumpyFileError,
  check(arrays, file) {
    const members = new Map(unzip(file).map(({ name, data }) => [name, data]));
    agree(members.size === Object.keys(arrays).length, 'the number of arrays');
    for (const [name, array] of Object.entries(arrays)) check(array, split(members.get(`${name}.npy`)!).data.length);
  },
  size: unpackedSize,
};

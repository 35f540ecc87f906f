import type { Random } from './random.ts';

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** `file` with `count` bytes from `at` on replaced. */
export function replaceAt(file: Uint8Array, at: number, count: number, by: Uint8Array): Uint8Array {
  return concat(file.subarray(0, at), by, file.subarray(at + count));
}

/** A whole number as `width` bytes; what does not fit is cut off. */
export function encodeNumber(value: number, width: number, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(Math.trunc(value))), true);
  const narrow = bytes.slice(0, width);
  return littleEndian ? narrow : narrow.reverse();
}

type Mutation = (file: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array;

const span = (file: Uint8Array, random: Random): [at: number, length: number] => {
  const at = random.below(file.length);
  return [at, Math.min(1 + random.below(random.chance(0.2) ? 4096 : 16), file.length - at)];
};

const mutations: readonly Mutation[] = [
  // One bit.
  (file, random) => {
    const changed = file.slice();
    if (file.length > 0) changed[random.below(file.length)]! ^= 1 << random.below(8);
    return changed;
  },
  // One byte.
  (file, random) => {
    const changed = file.slice();
    if (file.length > 0) changed[random.below(file.length)] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
    return changed;
  },
  // A number where one may stand.
  (file, random) => {
    const width = random.pick([1, 2, 4, 8]);
    if (file.length < width) return file;
    const at = random.below(file.length - width + 1);
    return replaceAt(file, at, width, encodeNumber(random.number(), width, random.chance(0.5)));
  },
  // Cut off.
  (file, random) => file.slice(0, random.below(file.length + 1)),
  // The beginning lost.
  (file, random) => file.slice(random.below(Math.min(file.length, 32) + 1)),
  // Something after the end.
  (file, random) => concat(file, random.bytes(1 + random.below(32))),
  // Taken out, doubled, filled, put in.
  (file, random) => replaceAt(file, ...span(file, random), new Uint8Array(0)),
  (file, random) => {
    const [at, length] = span(file, random);
    return replaceAt(file, at, 0, file.slice(at, at + length));
  },
  (file, random) => {
    const [at, length] = span(file, random);
    return file.slice().fill(random.pick([0, 0xff, 0x20]), at, at + length);
  },
  (file, random) => replaceAt(file, random.below(file.length + 1), 0, random.bytes(1 + random.below(16))),
  // The beginning of one file, the end of another.
  (file, random, others) => {
    const other = random.pick(others);
    return concat(file.subarray(0, random.below(file.length + 1)), other.subarray(random.below(other.length + 1)));
  },
];

/** A few changes that know nothing of the format. */
export function mutateBytes(file: Uint8Array, random: Random, others: readonly Uint8Array[] = [file]): Uint8Array {
  let changed = file;
  for (let left = 1 + random.below(3); left > 0; left--) changed = random.pick(mutations)(changed, random, others);
  return changed;
}

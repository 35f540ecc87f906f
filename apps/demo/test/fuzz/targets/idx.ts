import type { HostArray } from '@flambeau/core';
import { DataError, type IdxDType, parseIdx } from '@flambeau/datasets';
import { concat, encodeNumber, mutateBytes } from '../mutateBytes.ts';
import { agree, type FuzzTarget } from '../target.ts';

const WIDTHS: Readonly<Record<number, number>> = { 8: 1, 9: 1, 11: 2, 12: 4, 13: 4, 14: 8 };

function idx(code: number, shape: readonly number[], data?: Uint8Array): Uint8Array {
  const bytes = shape.reduce((product, side) => product * side, WIDTHS[code] ?? 1);
  const sides = shape.map((side) => encodeNumber(side, 4, false));
  return concat(Uint8Array.of(0, 0, code, shape.length), ...sides, data ?? new Uint8Array(bytes).map((_, i) => i));
}

const corpus = [
  ...Object.keys(WIDTHS).map((code, i) => idx(Number(code), [[3, 4], [7], [], [2, 0, 5]][i % 4]!)),
  idx(8, [100, 28, 28]),
  idx(14, [50, 60]),
];

/** IDX files, as MNIST and FashionMNIST come in. */
export const idxFile: FuzzTarget<HostArray<IdxDType>> = {
  name: 'idx',
  corpus,
  mutate(file, random) {
    if (random.chance(0.4)) return mutateBytes(file, random, corpus);
    const code = random.chance(0.8) ? Number(random.pick(Object.keys(WIDTHS))) : random.below(256);
    const shape = Array.from({ length: random.pick([0, 1, 2, 3, 255]) }, () => Math.abs(random.number(1)) % 2 ** 32);
    const claimed = shape.reduce((product, side) => product * side, WIDTHS[code] ?? 1);
    const whole = idx(code, shape, claimed < 1 << 18 ? new Uint8Array(claimed) : file);
    return random.chance(0.3) ? mutateBytes(whole, random, corpus) : whole;
  },
  read: (file) => parseIdx(file),
  isRefusal: (error) => error instanceof DataError && error.isDamage,
  check({ shape, data }, file) {
    const count = shape.reduce((product, side) => product * side, 1);
    agree(count === data.length, 'the shape is filled');
    const width = WIDTHS[file[2]!]!;
    const head = concat(
      Uint8Array.of(0, 0, file[2]!, shape.length),
      ...shape.map((side) => encodeNumber(side, 4, false)),
    );
    agree(head.length + count * width === file.length, 'every byte is taken');
    agree(Buffer.from(head).equals(file.subarray(0, head.length)), 'type and sides');
    // Turned around again, the elements are the file's bytes.
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
    for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
    agree(Buffer.from(bytes).equals(file.subarray(head.length)), 'the elements');
  },
};

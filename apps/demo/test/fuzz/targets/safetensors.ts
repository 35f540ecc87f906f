import { readFileSync } from 'node:fs';
import {
  type HostArray,
  hostArray,
  parseSafetensors,
  type Safetensors,
  SafetensorsError,
  serializeSafetensors,
} from '@flambeau/core';
import { concat, encodeNumber, mutateBytes } from '../mutateBytes.ts';
import { mutateText } from '../mutateText.ts';
import type { Random } from '../random.ts';
import { agree, type FuzzTarget } from '../target.ts';

const recorded = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../../../../packages/core/test/golden/recordings/${name}`, import.meta.url)));

const ones = (shape: number[]): HostArray =>
  hostArray('float32', shape, new Float32Array(shape.reduce((product, side) => product * side, 1)).fill(1));

const corpus = [
  recorded('library.safetensors'),
  recorded('ours.safetensors'),
  serializeSafetensors([]),
  serializeSafetensors([], { format: 'pt' }),
  serializeSafetensors(
    Array.from({ length: 40 }, (_, i) => [`layer.${i}.weight`, ones([i % 4, 3])] as const),
    { format: 'pt' },
  ),
  // Large beside its header, and at an odd place in memory: every tensor is copied.
  serializeSafetensors([['large', ones([250, 250])]]),
  concat(new Uint8Array(1), serializeSafetensors([['large', ones([250, 250])]])).subarray(1),
];

function split(file: Uint8Array): { header: string; data: Uint8Array } {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  return { header: new TextDecoder().decode(file.subarray(8, 8 + length)), data: file.subarray(8 + length) };
}

function join(header: string, data: Uint8Array, length?: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  return concat(encodeNumber(length ?? text.length, 8, true), text, data);
}

interface Entry {
  dtype?: unknown;
  shape?: unknown;
  data_offsets?: unknown;
}

/** Changes what the header says, and leaves it JSON. */
function mutateEntries(header: string, random: Random): string {
  const json = JSON.parse(header) as Record<string, Entry>;
  const names = Object.keys(json).filter((name) => name !== '__metadata__');
  if (names.length === 0) return JSON.stringify({ a: { dtype: 'U8', shape: [random.number()], data_offsets: [0, 0] } });
  const entry = json[random.pick(names)]!;
  const [shape, offsets] = [entry.shape as number[], entry.data_offsets as number[]];
  switch (random.below(7)) {
    case 0:
      entry.dtype = random.pick(['F64', 'F32', 'F16', 'BF16', 'I64', 'U8', 'BOOL', 'F8_E4M3', '', 7, null]);
      break;
    case 1:
      shape.splice(random.below(shape.length + 1), random.below(2), random.number());
      break;
    case 2:
      offsets[random.below(2)] = random.number(offsets[random.below(2)]);
      break;
    case 3: {
      // A larger tensor at a range that fits it.
      const side = random.number();
      entry.shape = [side];
      entry.data_offsets = [0, 4 * side];
      entry.dtype = 'F32';
      break;
    }
    case 4:
      entry.data_offsets = json[random.pick(names)]!.data_offsets;
      break;
    case 5:
      delete entry[random.pick(['dtype', 'shape', 'data_offsets'] as const)];
      break;
    default:
      json[random.pick(['__metadata__', '__proto__', 'constructor', '', '0'])] = entry;
  }
  return JSON.stringify(json);
}

const isRecord = (value: unknown): value is Record<string, Entry> => typeof value === 'object' && value !== null;

/** safetensors files. */
export const safetensors: FuzzTarget<Safetensors> = {
  name: 'safetensors',
  corpus,
  mutate(file, random) {
    if (random.chance(0.3)) return mutateBytes(file, random, corpus);
    const { header, data } = split(file);
    const length = random.chance(0.1) ? random.number(header.length) : undefined;
    const other = random.chance(0.1) ? split(random.pick(corpus)).data : data;
    if (random.chance(0.5)) return join(mutateText(header, random), other, length);
    // The data follow the header's claims, where that is possible, so that layouts are accepted, too.
    const changed = mutateEntries(header, random);
    const ends = Object.values(JSON.parse(changed) as Record<string, Entry>).map(({ data_offsets: offsets }) =>
      Number((offsets as number[] | undefined)?.[1] ?? 0),
    );
    const end = Math.max(0, ...ends.filter((value) => value < 1 << 20));
    const grown = end > other.length ? concat(other, new Uint8Array(end - other.length)) : other.subarray(0, end);
    return join(changed, grown, length);
  },
  read: parseSafetensors,
  isRefusal: (error) => error instanceof SafetensorsError,
  check({ tensors, metadata }, file) {
    const { header, data } = split(file);
    const json = JSON.parse(header) as unknown;
    agree(isRecord(json), 'the header is an object');
    const names = Object.keys(json).filter((name) => name !== '__metadata__');
    agree(names.length === tensors.size && names.every((name) => tensors.has(name)), 'the names');
    let total = 0;
    for (const [name, { shape, data: values }] of tensors) {
      const [begin, end] = json[name]!.data_offsets as [number, number];
      agree(JSON.stringify(shape) === JSON.stringify(json[name]!.shape), `the shape of ${name}`);
      agree(shape.reduce((product, side) => product * side, 1) === values.length, `the length of ${name}`);
      const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
      agree(bytes.equals(data.subarray(begin, end)), `the bytes of ${name}`);
      total += end - begin;
    }
    agree(total === data.length, 'every byte belongs to one tensor');
    for (const [key, text] of metadata) {
      agree((json.__metadata__ as Record<string, unknown>)[key] === text, `the metadata ${key}`);
    }
  },
};

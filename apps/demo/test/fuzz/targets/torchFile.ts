import { readFileSync } from 'node:fs';
import { type HostArray, parseTorchFile, TorchDict, TorchFileError } from '@flambeau/core';
import { concat, mutateBytes } from '../mutateBytes.ts';
import { mutatePickle } from '../mutatePickle.ts';
import { mutateZip } from '../mutateZip.ts';
import { agree, type FuzzTarget } from '../target.ts';
import { type Member, unzip, zip } from '../zip.ts';

interface Recordings {
  readonly good: readonly { readonly file: string }[];
  readonly other: Readonly<Record<string, readonly string[]>>;
}

const { good, other }: Recordings = JSON.parse(
  readFileSync(
    new URL('../../../../../packages/core/test/golden/recordings/torch_files.json', import.meta.url),
    'utf8',
  ),
);
// The deep one is refused: its 20,000 lists would take many times its size.
const { deep: _, ...sound } = other;
const recorded = [...good.map(({ file }) => file), ...Object.values(sound).flat()].map(
  (file) => new Uint8Array(Buffer.from(file, 'base64')),
);

const isPickle = ({ name }: Member) => name === 'data.pkl' || name.endsWith('/data.pkl');
const pickleOf = (file: Uint8Array) => unzip(file).find(isPickle)!.data;

/** A file whose one tensor is large beside its pickle: so that claims are measured against something. */
function large(floats: number): Uint8Array {
  const text = (value: string) => concat(Uint8Array.of(0x8c, value.length), new TextEncoder().encode(value));
  const int = (value: number) => Uint8Array.of(0x4a, value, value >> 8, value >> 16, value >> 24);
  const global = (name: string) => new TextEncoder().encode(`c${name}\n`);
  const ops = (...codes: number[]) => Uint8Array.from(codes);
  const storage = [ops(0x28), text('storage'), global('torch\nFloatStorage'), text('0'), text('cpu'), int(floats)];
  const rebuild = [global('torch._utils\n_rebuild_tensor_v2'), ops(0x28), ...storage, ops(0x74, 0x51), int(0)];
  const rest = [int(floats), ops(0x85), int(1), ops(0x85, 0x89, 0x4e, 0x74, 0x52, 0x73, 0x2e)];
  const data = new Uint8Array(Float32Array.from({ length: floats }, (_, i) => i).buffer);
  return zip([
    { name: 'archive/data.pkl', data: concat(ops(0x80, 2, 0x7d), text('w'), ...rebuild, ...rest) },
    { name: 'archive/data/0', data },
  ]);
}

const corpus = [...recorded, large(50_000)];
const pickles = corpus.map(pickleOf);

const isTensor = (value: unknown): value is HostArray =>
  typeof value === 'object' && value !== null && 'dtype' in value && 'shape' in value;

/** PyTorch's `.pt` files: the zip archive around, and the pickle within. */
export const torchFile: FuzzTarget<ReturnType<typeof parseTorchFile>> = {
  name: 'pt',
  corpus,
  mutate(file, random) {
    if (random.chance(0.25)) return mutateBytes(file, random, corpus);
    const members = unzip(file);
    if (random.chance(0.3)) return mutateZip(members, random);
    // Storages stay as they were, so that the pickle is what is damaged.
    return zip(
      members.map((member) => {
        if (!isPickle(member)) return member;
        const byBytes = random.chance(0.2);
        const data = byBytes ? mutateBytes(member.data, random) : mutatePickle(member.data, random, pickles);
        return { ...member, data };
      }),
    );
  },
  read: parseTorchFile,
  isRefusal: (error) => error instanceof TorchFileError,
  check({ value, byteOrder }, file) {
    agree(byteOrder === 'little' || byteOrder === 'big', 'the byte order');
    // Whatever is shared is looked at once, and depth is no matter.
    const seen = new Set<unknown>();
    const waiting: unknown[] = [value];
    let bytes = 0;
    while (waiting.length > 0) {
      const next = waiting.pop();
      if (typeof next === 'function' || typeof next === 'symbol' || next === undefined)
        throw new Error('a wrong result');
      if (typeof next !== 'object' || next === null || seen.has(next)) continue;
      seen.add(next);
      if (isTensor(next)) {
        agree(
          next.shape.reduce((product, side) => product * side, 1) === next.data.length &&
            next.shape.every((side) => Number.isSafeInteger(side) && side >= 0),
          'a tensor that fills its shape',
        );
        bytes += next.data.byteLength;
      } else if (next instanceof TorchDict) waiting.push(...next.keys(), ...next.values(), next.metadata);
      else if (Array.isArray(next) || next instanceof Set) for (const item of next) waiting.push(item);
      else agree(next instanceof Uint8Array, `a plain value, got ${Object.prototype.toString.call(next)}`);
    }
    agree(bytes <= 4 * file.length + (1 << 16), `tensors of ${bytes} bytes from a file of ${file.length}`);
  },
};

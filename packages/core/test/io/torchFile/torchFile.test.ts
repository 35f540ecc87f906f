import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { parseTorchFile, parseTorchStateDict } from '../../../src/io/torchFile/torchFile.ts';
import { TorchFileError } from '../../../src/io/torchFile/torchFileError.ts';
import { TorchDict } from '../../../src/io/torchFile/values.ts';
import { readZipDirectory, readZipEntry } from '../../../src/io/zipArchive.ts';

interface Recordings {
  good: { name: string; file: string; tensors: Record<string, [dtype: string, shape: number[], bits: string]> }[];
  bad: [name: string, file: string, message: string][];
  other: Record<'plain' | 'checkpoint' | 'bigEndian' | 'path' | 'deep' | 'itself', string[]>;
}

const { good, bad, other }: Recordings = JSON.parse(
  readFileSync(new URL('../../golden/recordings/torch_files.json', import.meta.url), 'utf8'),
);
const decode = (file: string) => new Uint8Array(Buffer.from(file, 'base64'));
const hex = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  Buffer.from(buffer, byteOffset, byteLength).toString('hex');

describe('parseTorchStateDict', () => {
  it.each(good)('reads the bits of every tensor: $name', ({ file, tensors }) => {
    const state = parseTorchStateDict(decode(file));
    expect(Object.keys(state)).toEqual(Object.keys(tensors));
    for (const [name, [dtype, shape, bits]] of Object.entries(tensors)) {
      expect([state[name]!.dtype, state[name]!.shape, hex(state[name]!.data)], name).toEqual([dtype, shape, bits]);
    }
  });

  it('tied weights are one array', () => {
    const state = parseTorchStateDict(decode(good.find(({ name }) => name.startsWith('views'))!.file));
    expect(state.tied).toBe(state.one);
  });

  it('finds a nested state dict only when told its key', () => {
    const file = decode(other.checkpoint[0]!);
    expect(parseTorchStateDict(file, { key: 'state_dict' }).weight!.data).toEqual(Float32Array.of(1, 1));
    expect(() => parseTorchStateDict(file)).toThrow(
      "the state dict holds a number under 'epoch', expected only tensors: if the file keeps its state dict under a key, name that key",
    );
    expect(() => parseTorchStateDict(file, { key: 'model' })).toThrow(
      "the file's dict has no 'model', expected one of 'epoch', 'state_dict'",
    );
  });

  it('turns big-endian files around', () => {
    expect(parseTorchStateDict(decode(other.bigEndian[0]!)).w!.data).toEqual(Float32Array.of(1, -2.5));
  });
});

describe('parseTorchFile', () => {
  it.each(other.plain)('reads plain values', (file) => {
    const { value, byteOrder } = parseTorchFile(decode(file));
    expect(byteOrder).toBe('little');
    const inner = new TorchDict([['__proto__', 2]]);
    expect([...(value as TorchDict)]).toEqual([
      ['none', null],
      ['true', true],
      ['int', -5],
      ['big', 2n ** 70n],
      ['edge', 2n ** 53n],
      ['float', 1.5],
      ['str', 'größe ☃'],
      ['bytes', Uint8Array.of(0, 255)],
      ['list', [1, [2, []]]],
      ['tuple', [1, 'a']],
      ['set', new Set([3])],
      ['size', [2, 3]],
      ['dict', new TorchDict([[1, inner]])],
    ]);
  });

  it("keeps a state dict's _metadata", () => {
    const { value } = parseTorchFile(decode(good.find(({ name }) => name.startsWith('model'))!.file));
    const { metadata } = value as TorchDict;
    expect((metadata as TorchDict).get('1')).toEqual(new TorchDict([['version', 2]]));
  });

  it('reads a file whose folder has any name', () => {
    expect(parseTorchFile(decode(other.path[0]!)).value).toEqual(new TorchDict([['w', 1]]));
  });

  /** The members of an archive, by name. */
  const members = (file: Uint8Array) =>
    Object.fromEntries(
      [...readZipDirectory(file, fail).values()].map((entry) => [entry.name, readZipEntry(entry, fail)]),
    );
  const fail = (reason: string): never => {
    throw new Error(reason);
  };

  it('reads 20,000 nested lists, and a list that holds itself', () => {
    const deep = { ...members(decode(other.deep[0]!)), 'archive/data/0': new Uint8Array(2 << 20) };
    let { value } = parseTorchFile(zipSync(deep, { level: 0 }));
    let depth = 0;
    for (; Array.isArray(value); depth++) value = value[0]!;
    expect(depth).toBe(20_000);
    const itself = parseTorchFile(decode(other.itself[0]!)).value as unknown[];
    expect(itself[0]).toBe(itself);
  });

  it('refuses a small file whose values would take many times its size', () => {
    expect(() => parseTorchFile(decode(other.deep[0]!))).toThrow(/would take \d+ bytes in all, expected at most/);
  });

  it.each(bad)('refuses %s', (_, file, message) => {
    const run = () => parseTorchFile(decode(file));
    expect(run).toThrow(TorchFileError);
    expect(run).toThrow(message);
  });

  it('reads a mutated file or refuses it, and nothing else', () => {
    const files = [...good.map(({ file }) => file), ...Object.values(other).flat()].map(decode);
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 6 }),
        fc.option(fc.nat()),
        (file, edits, cut) => {
          const mutated = file.slice(0, cut === null ? file.length : cut % file.length);
          for (const [at, byte] of edits) mutated[at % Math.max(1, mutated.length)] = byte;
          try {
            parseTorchFile(mutated);
          } catch (error) {
            expect(error).toBeInstanceOf(TorchFileError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  // A wrong checksum would stop most mutations before the pickle is read.
  it('reads a mutated pickle in a sound archive or refuses it, and nothing else', () => {
    const archives = [...good.map(({ file }) => file), ...other.plain].map((file) => members(decode(file)));
    fc.assert(
      fc.property(
        fc.constantFrom(...archives),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 }),
        (files, edits) => {
          const name = Object.keys(files).find((path) => path.endsWith('data.pkl'))!;
          const pickle = files[name]!.slice();
          for (const [at, byte] of edits) pickle[at % pickle.length] = byte;
          try {
            parseTorchFile(zipSync({ ...files, [name]: pickle }, { level: 0 }));
          } catch (error) {
            expect(error).toBeInstanceOf(TorchFileError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

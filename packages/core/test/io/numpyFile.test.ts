import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { NumpyFileError, parseNpy, parseNpz } from '../../src/io/numpyFile.ts';
import type { HostArray } from '../../src/tensor/hostArray.ts';

type Held = [dtype: string, shape: number[], bits: string];
type Refused = [name: string, file: string, message: string];
interface Recordings {
  good: [name: string, file: string, held: Held][];
  bad: Refused[];
  archives: string[];
  archive: Record<string, Held>;
  badArchives: Refused[];
}

const { good, bad, archives, archive, badArchives }: Recordings = JSON.parse(
  readFileSync(new URL('../golden/recordings/numpy_files.json', import.meta.url), 'utf8'),
);
const decode = (file: string) => new Uint8Array(Buffer.from(file, 'base64'));
const held = ({ dtype, shape, data }: HostArray): Held => [
  dtype,
  [...shape],
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex'),
];

/** Reads files with some bytes changed or cut off: each is read or refused. */
function mutate(files: Uint8Array[], read: (bytes: Uint8Array) => void): void {
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.constantFrom(...files), edits, fc.option(fc.nat()), (file, changes, cut) => {
      const mutated = file.slice(0, cut === null ? file.length : cut % file.length);
      for (const [at, byte] of changes) mutated[at % Math.max(1, mutated.length)] = byte;
      try {
        read(mutated);
      } catch (error) {
        expect(error).toBeInstanceOf(NumpyFileError);
      }
    }),
    { numRuns: 500 },
  );
}

describe('parseNpy', () => {
  it.each(good)('reads %s', (_, file, expected) => {
    expect(held(parseNpy(decode(file)))).toEqual(expected);
  });

  it('reads from the middle of a buffer', () => {
    const [, file, expected] = good[0]!;
    const bytes = decode(file);
    const larger = new Uint8Array(bytes.length + 1);
    larger.set(bytes, 1);
    expect(held(parseNpy(larger.subarray(1)))).toEqual(expected);
  });

  it.each(bad)('refuses %s', (_, file, message) => {
    const run = () => parseNpy(decode(file));
    expect(run).toThrow(NumpyFileError);
    expect(run).toThrow(message);
  });

  it('reads a mutated file or refuses it, and nothing else', () => {
    mutate(
      good.map(([, file]) => decode(file)),
      parseNpy,
    );
  });
});

describe('parseNpz', () => {
  it.each(archives)('reads stored and compressed arrays', (file) => {
    const arrays = parseNpz(decode(file));
    expect(Object.keys(arrays)).toEqual(Object.keys(archive));
    for (const [name, expected] of Object.entries(archive)) expect(held(arrays[name]!)).toEqual(expected);
  });

  it.each(badArchives)('refuses %s', (_, file, message) => {
    const run = () => parseNpz(decode(file));
    expect(run).toThrow(NumpyFileError);
    expect(run).toThrow(message);
  });

  it('stops inflating where an entry exceeds its claim', () => {
    const bomb = zipSync({ 'a.npy': new Uint8Array(1 << 22) });
    const view = new DataView(bomb.buffer, bomb.byteOffset, bomb.byteLength);
    const central = view.getUint32(bomb.length - 6, true);
    view.setUint32(central + 24, 100, true);
    expect(() => parseNpz(bomb)).toThrow("'a.npy' inflates beyond the 100 bytes that it claims");
  });

  it('takes paths in an archive for names: nothing is ever written by them', () => {
    const [, file] = good[0]!;
    const names = ['../evil', '/etc/evil', 'C:\\evil', '..\\evil', '\\\\host\\share', '__proto__', 'a?%2e%2e'];
    const archive = zipSync(Object.fromEntries(names.map((name) => [`${name}.npy`, decode(file)])));
    expect(Object.keys(parseNpz(archive)).sort()).toEqual(names.sort());
  });

  it('refuses other files in the archive', () => {
    expect(() => parseNpz(zipSync({ 'a.txt': Uint8Array.of(1) }))).toThrow(
      "the archive holds 'a.txt', expected only .npy files",
    );
  });

  it('reads a mutated archive or refuses it, and nothing else', () => {
    mutate(archives.map(decode), parseNpz);
  });
});

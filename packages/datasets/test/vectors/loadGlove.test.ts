import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { fetchDataset, listDatasets, loadGlove, readWordVectors } from '@flambeau/datasets/node';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { failure } from '../support/failure.ts';
import { newFolder } from '../support/sandbox.ts';

const name = 'glove.6B.50d.txt';
const words = ['the', ',', 'film', "n't", 'délicieux'];
const lines = words.map(
  (word, i) => `${word} ${Array.from({ length: 50 }, (_, j) => (i - j / 64).toString()).join(' ')}`,
);
const contents = Buffer.from(`${lines.join('\n')}\n`);

const forms: readonly [string, Uint8Array][] = [
  [name, contents],
  [`${name}.gz`, gzipSync(contents)],
  ['glove.6B.zip', zipSync({ 'glove.6B.300d.txt': Buffer.from('a 1\n'), [name]: contents })],
  ['glove.6B.zip', zipSync({ [name]: contents }, { level: 0 })],
];

function folderWith(file: string, bytes: Uint8Array, into = ''): string {
  const folder = newFolder();
  mkdirSync(join(folder, into), { recursive: true });
  writeFileSync(join(folder, into, file), bytes);
  return folder;
}

describe('loadGlove', () => {
  it.each(forms)('reads %s', async (file, bytes) => {
    const dataDir = folderWith(file, bytes);
    const wanted = ["n't", 'unheard-of', 'the'];
    const { vectors, source } = await loadGlove({ dataDir, dimension: 50, words: wanted });
    expect(vectors.words).toEqual(['the', "n't"]);
    expect(vectors.missing).toEqual(['unheard-of']);
    expect(vectors.get("n't")?.[32]).toBe(2.5);
    expect(source).toMatchObject({ kind: 'data-dir', path: dataDir, isComplete: false });
    expect(source.checksums).toEqual({ [name]: createHash('sha256').update(contents).digest('hex') });
    expect(source.sentence).toBe(
      `GloVe 6B, 50 numbers a word from ${dataDir}, which is not the published file: 5 of 400,000 words.`,
    );
  });

  it('finds it in a folder of its name, whatever its dimension', async () => {
    const dataDir = folderWith(`${name}.gz`, gzipSync(contents), 'glove');
    expect((await loadGlove({ dataDir, dimension: 50 })).vectors.length).toBe(5);
  });

  it('tells how far it is', async () => {
    const bytes = gzipSync(contents);
    const seen: unknown[] = [];
    const onProgress = (progress: unknown) => seen.push(progress);
    await loadGlove({ dataDir: folderWith(`${name}.gz`, bytes), dimension: 50, onProgress });
    expect(seen.at(-1)).toEqual({
      phase: 'read',
      dataset: 'glove-50d',
      file: name,
      receivedBytes: bytes.length,
      totalBytes: bytes.length,
    });
  });

  it('is interrupted with the signal’s own reason', async () => {
    const reason = new Error('enough');
    const dataDir = folderWith(name, contents);
    await expect(loadGlove({ dataDir, dimension: 50, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it.each<[string, string, Uint8Array, string, RegExp]>([
    ['of another dimension', name, Buffer.from('a 1 2\n'), 'wrong-format', /holds vectors of 2 numbers, expected 50/],
    [
      'with a malformed line',
      name,
      Buffer.from(`${lines[0]}\nfilm 1 2\n`),
      'wrong-format',
      /in line 2: expected a word/,
    ],
    ['that is empty', name, Buffer.alloc(0), 'wrong-format', /holds no word vectors/],
    ['whose gzip is cut off', `${name}.gz`, gzipSync(contents).subarray(0, -20), 'truncated', /ends early/],
    ['that is no gzip', `${name}.gz`, contents, 'corrupt', /can't be unpacked/],
    ['that is no zip', 'glove.6B.zip', contents, 'corrupt', /zip archive can't be unpacked/],
    [
      'in a zip without it',
      'glove.6B.zip',
      zipSync({ x: contents }),
      'wrong-format',
      /does not hold glove\.6B\.50d\.txt/,
    ],
    [
      'in a zip with malformed lines',
      'glove.6B.zip',
      zipSync({ [name]: Buffer.from('x\n') }),
      'wrong-format',
      /50d\.txt in .*glove\.6B\.zip is malformed in line 1/,
    ],
  ])('refuses a file %s', async (_, file, bytes, code, message) => {
    const error = await failure(loadGlove({ dataDir: folderWith(file, bytes), dimension: 50 }));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('knows four dimensions', async () => {
    expect((await failure(loadGlove({ dimension: 64 }).catch((error) => Promise.reject(error)))).message).toBe(
      'expected dimension to be 50, 100, 200 or 300, got 64',
    );
  });

  it('says how to get it where it is nowhere to be found', async () => {
    const cacheDir = newFolder();
    expect((await failure(loadGlove({ cacheDir, systemDirs: [], download: false }))).message).toBe(
      `GloVe 6B, 100 numbers a word is not on this machine and not to be downloaded: put glove.6B.zip into ${join(cacheDir, 'glove')} or into a folder named by --data-dir or FLAMBEAU_DATA`,
    );
    expect((await failure(loadGlove({ cacheDir, dataDir: cacheDir }))).message).toBe(
      `${cacheDir} does not hold GloVe 6B, 100 numbers a word: expected glove.6B.100d.txt (unpacked or as glove.6B.100d.txt.gz, glove.6B.zip) there or in a folder glove in it`,
    );
  });
});

describe('readWordVectors', () => {
  it.each(forms)('reads any %s', async (file, bytes) => {
    const path = join(folderWith(file, bytes), file);
    const vectors = await readWordVectors(path, { member: name, words: ['film'] });
    expect([vectors.dimension, vectors.words, vectors.wordsInFile]).toEqual([50, ['film'], 5]);
  });

  it('needs to know which member of an archive, and a file that is there', async () => {
    const path = join(folderWith('x.zip', zipSync({ a: contents })), 'x.zip');
    expect((await failure(readWordVectors(path))).message).toContain('expected "member", the name of a file in it');
    expect((await failure(readWordVectors('/nowhere.txt'))).code).toBe('unreadable');
  });
});

describe('a zip that lies', () => {
  const sound = Buffer.from(zipSync({ [name]: contents }));
  const central = sound.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
  const end = sound.indexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const write = (at: number, value: number, width = 4) => {
    const changed = Buffer.from(sound);
    changed.writeUIntLE(value, at, width);
    return changed;
  };
  const cases: readonly [string, Uint8Array][] = [
    ['about its unpacked size (more)', write(central + 24, contents.length + 1)],
    ['about its unpacked size (less)', write(central + 24, contents.length - 1)],
    ['with an absurd unpacked size', write(central + 24, 0xfffffff0)],
    ['about its packed size (more)', write(central + 20, 0xfffff0)],
    ['about its packed size (less)', write(central + 20, 20)],
    ['about its checksum', write(central + 16, 1)],
    ['about its method', write(central + 10, 12, 2)],
    ['about where it is', write(central + 42, 0xfffff0)],
    ['about how many members it has (more)', write(end + 10, 7, 2)],
    ['about where its directory is', write(end + 16, 0xfffff0)],
    ['about being encrypted', write(central + 8, 1, 2)],
    ['and holds it twice', duplicate()],
    ['and is cut off', sound.subarray(0, -30)],
    ['in its packed bytes', write(40 + name.length, 0xdeadbeef)],
  ];

  /** Two members of one name, as only a hostile writer makes them: another name of the same length, overwritten. */
  function duplicate(): Buffer {
    const two = Buffer.from(zipSync({ [name]: contents, [name.replace('g', 'x')]: contents }));
    for (let at = two.indexOf('xlove'); at >= 0; at = two.indexOf('xlove')) two.write('g', at);
    return two;
  }

  it.each(cases)('%s is refused, as damage', async (_, bytes) => {
    const dataDir = folderWith('glove.6B.zip', bytes);
    const error = await failure(loadGlove({ dataDir, dimension: 50 }));
    expect(error.isDamage).toBe(true);
    expect(error.message).toContain('glove.6B.zip');
    expect((await failure(fetchDataset('glove-50d', { dataDir }))).isDamage).toBe(true);
  });
});

describe('the catalogue', () => {
  it('lists and fetches it: a file of the user’s is left alone and said to be another', async () => {
    const dataDir = folderWith(`${name}.gz`, gzipSync(contents));
    const status = (await listDatasets({ dataDir })).find((dataset) => dataset.name === 'glove-50d');
    expect(status).toMatchObject({ state: 'present', licence: { name: 'PDDL 1.0' } });
    const source = await fetchDataset('glove-50d', { dataDir });
    expect(source.isComplete).toBe(false);
    expect(source.sentence).toMatch(/in part: .*50d\.txt\.gz is not the published file: expected 171,350,079 bytes/);
    expect(gunzipSync(readFileSync(join(dataDir, `${name}.gz`))).equals(contents)).toBe(true);
  });
});

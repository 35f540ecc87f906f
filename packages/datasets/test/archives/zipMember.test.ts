import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, type DatasetDeclaration, datasets } from '@flambeau/datasets';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readDataFile } from '../../src/contents/readDataFile.ts';
import { verifyDataFile } from '../../src/contents/verifyDataFile.ts';
import { type FoundFile, findFile } from '../../src/search/findFiles.ts';
import { obtain } from '../../src/search/obtain.ts';
import { newFolder } from '../support/sandbox.ts';

const contents = Buffer.from('Go.\tVa !\nHi.\tSalut !\n'.repeat(500));
const sha256 = createHash('sha256').update(contents).digest('hex');
const file: DatasetDeclaration['files'][number] = {
  name: 'pairs.txt',
  bytes: contents.length,
  sha256,
  archive: { name: 'data.zip', compression: 'zip', member: 'data/pairs.txt' },
};
const sound = zipSync({ 'data/names/Greek.txt': Buffer.from('Akrivos'), 'data/pairs.txt': contents });

async function stored(bytes: Uint8Array, declared = file): Promise<FoundFile> {
  const folder = newFolder();
  writeFileSync(join(folder, 'data.zip'), bytes);
  return (await findFile(folder, declared)) as FoundFile;
}

async function failure(work: Promise<unknown>): Promise<DataError> {
  const error = await work.then(
    () => new Error('expected a DataError'),
    (error: unknown) => error,
  );
  if (error instanceof DataError) return error;
  throw error;
}

describe('a file in a zip archive', () => {
  it('is read and verified among other members, deflated or stored', async () => {
    for (const level of [0, 6] as const) {
      const found = await stored(zipSync({ readme: Buffer.from('hello'), 'data/pairs.txt': contents }, { level }));
      expect(Buffer.from((await readDataFile(found)).contents)).toEqual(contents);
      expect(await verifyDataFile(found)).toBe(sha256);
    }
  });

  it("is held to the publisher's MD5 where nothing else is known", async () => {
    const md5 = createHash('md5').update(sound).digest('hex');
    const { sha256: _, ...rest } = file;
    const known = { ...rest, archive: { ...file.archive, md5 } };
    expect(await verifyDataFile(await stored(sound, known))).toBe(sha256);
    const other = zipSync({ 'data/pairs.txt': contents });
    for (const read of [readDataFile, verifyDataFile]) {
      expect((await failure(read(await stored(other, known)))).code).toBe('checksum-mismatch');
    }
  });

  it.each<[string, Uint8Array, string, RegExp]>([
    ['no archive', Buffer.from('not a zip file at all, in no way'), 'corrupt', /zip archive can't be unpacked/],
    ['an empty file', Buffer.alloc(0), 'corrupt', /zip archive can't be unpacked/],
    ['the first half of the archive', sound.subarray(0, sound.length >> 1), 'corrupt', /can't be unpacked/],
    ['other members', zipSync({ 'pairs.txt': contents }), 'wrong-format', /does not hold data\/pairs\.txt/],
    ['shorter contents', zipSync({ 'data/pairs.txt': contents.subarray(1) }), 'truncated', /is truncated/],
    ['longer contents', zipSync({ 'data/pairs.txt': Buffer.concat([contents, contents]) }), 'too-large', /more than/],
    ['other contents', zipSync({ 'data/pairs.txt': Buffer.from(contents).fill(65) }), 'checksum-mismatch', /damaged/],
  ])('is refused where there is %s', async (_, bytes, code, message) => {
    for (const read of [readDataFile, verifyDataFile]) {
      const found = await stored(bytes);
      const error = await failure(read(found));
      expect(error.code).toBe(code);
      expect(error.message).toMatch(message);
      expect(error.message).toContain(found.path);
    }
  });

  it('is refused where its compressed bytes are damaged', async () => {
    const start = Buffer.from(sound).indexOf('data/pairs.txt') + 'data/pairs.txt'.length;
    for (let at = start; at < start + 20; at++) {
      const damaged = Uint8Array.from(sound);
      damaged[at] ^= 0xff;
      expect((await failure(readDataFile(await stored(damaged)))).isDamage).toBe(true);
    }
  });

  it('is named with its archive where a data folder lacks it', async () => {
    const translation = datasets.find(({ name }) => name === 'translation') as DatasetDeclaration;
    const dataDir = newFolder();
    expect((await failure(obtain(translation, { dataDir }, async () => {}))).message).toBe(
      `${dataDir} does not hold English–French pairs: expected eng-fra.txt (unpacked or as data.zip) there or in a folder translation in it`,
    );
  });
});

import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { data } from '@flambeau/core';
import { imdb } from '@flambeau/datasets';
import { fetchDataset, listDatasets, loadImdb, verifyDataset } from '@flambeau/datasets/node';
import { describe, expect, it } from 'vitest';
import { failure } from '../support/failure.ts';
import { reviewMembers, reviews, writeReviews } from '../support/reviews.ts';
import { namesIn, newFolder } from '../support/sandbox.ts';
import { type TarMember, tar } from '../support/tar.ts';

const archive = gzipSync(tar(reviewMembers));
const sha256 = createHash('sha256').update(archive).digest('hex');
const archiveName = 'aclImdb_v1.tar.gz';
const cacheFile = 'parsed-reviews.bin';

function folderWith(bytes: Uint8Array): { dataDir: string; cacheDir: string } {
  const dataDir = newFolder();
  writeFileSync(join(dataDir, archiveName), bytes);
  return { dataDir, cacheDir: newFolder() };
}

const pack = (...members: TarMember[]) => gzipSync(tar([...reviewMembers, ...members]));

describe('loadImdb', () => {
  it('reads texts, classes, ids and ratings out of the archive, in the order of classes and file names', async () => {
    const { train, test, classes, source } = await loadImdb(folderWith(archive));
    expect(classes).toEqual(['neg', 'pos']);
    expect(Array.from({ length: train.length }, (_, i) => train.review(i))).toEqual([
      { text: reviews['train/neg/0_3.txt'], label: 0, rating: 3, id: 0 },
      { text: reviews['train/neg/10_1.txt'], label: 0, rating: 1, id: 10 },
      { text: reviews['train/neg/2_4.txt'], label: 0, rating: 4, id: 2 },
      { text: reviews['train/pos/0_9.txt'], label: 1, rating: 9, id: 0 },
      { text: reviews['train/pos/1_7.txt'], label: 1, rating: 7, id: 1 },
    ]);
    expect(test.texts()).toEqual(['No.', 'Never again.', 'Yes!', 'Again, please.']);
    expect(test.get(3)).toEqual(['Again, please.', 1]);
    expect([...test.ratings]).toEqual([2, 1, 10, 8]);
    expect(source.counts).toEqual({ train: [3, 2], test: [2, 2] });
  });

  it('says that an archive is not the published one, and what it holds', async () => {
    const options = folderWith(archive);
    const { source } = await loadImdb(options);
    expect(source).toMatchObject({ kind: 'data-dir', path: options.dataDir, isComplete: false });
    expect(source.checksums).toEqual({ [archiveName]: sha256 });
    expect(source.sentence).toBe(
      `IMDB from ${join(options.dataDir, archiveName)}, which is not the published archive: 5 of 25,000 training reviews, 4 of 25,000 test reviews.`,
    );
  });

  it.each(['', 'imdb', 'datasets/IMDB'])('finds the archive in the folder "%s"', async (into) => {
    const dataDir = newFolder();
    mkdirSync(join(dataDir, into), { recursive: true });
    writeFileSync(join(dataDir, into, archiveName), archive);
    expect((await loadImdb({ dataDir, cacheDir: newFolder() })).train.length).toBe(5);
  });

  it.each(['aclImdb', 'imdb/aclImdb', ''])('reads an unpacked folder, called "%s"', async (into) => {
    const dataDir = newFolder();
    writeReviews(join(dataDir, into));
    const { train, test, source } = await loadImdb({ dataDir, cacheDir: newFolder() });
    const packed = await loadImdb(folderWith(archive));
    expect(train.columns).toEqual(packed.train.columns);
    expect(test.columns).toEqual(packed.test.columns);
    expect(source).toMatchObject({ isComplete: false, checksums: {} });
  });

  it('keeps what is parsed in one file, and takes it from there', async () => {
    const options = folderWith(archive);
    const seen: number[] = [];
    const load = () => loadImdb({ ...options, onProgress: ({ receivedBytes }) => seen.push(receivedBytes ?? 0) });
    const first = await load();
    expect(seen.at(-1)).toBe(archive.length);
    expect(namesIn(join(options.cacheDir, 'imdb'))).toEqual([cacheFile]);
    seen.length = 0;
    const second = await load();
    expect(seen).toEqual([]);
    expect(second.train.columns).toEqual(first.train.columns);
    expect(second.test.columns).toEqual(first.test.columns);
    expect(second.source).toEqual(first.source);
  });

  it('takes it from there for the same archive in another folder, and with another time', async () => {
    const options = folderWith(archive);
    await loadImdb(options);
    const other = newFolder();
    cpSync(join(options.dataDir, archiveName), join(other, archiveName));
    utimesSync(join(other, archiveName), 1, 1);
    const seen: unknown[] = [];
    const { source } = await loadImdb({ ...options, dataDir: other, onProgress: (progress) => seen.push(progress) });
    expect(seen).toEqual([]);
    expect(source.sentence).toContain(other);
  });

  it('reads anew when the archive has changed', async () => {
    const options = folderWith(archive);
    await loadImdb(options);
    writeFileSync(join(options.dataDir, archiveName), pack({ name: 'aclImdb/test/pos/7_7.txt', data: 'New.' }));
    expect((await loadImdb(options)).test.length).toBe(5);
  });

  it('reads anew when a file of the unpacked folder has changed', async () => {
    const options = { dataDir: newFolder(), cacheDir: newFolder() };
    writeReviews(options.dataDir);
    await loadImdb(options);
    writeFileSync(join(options.dataDir, 'test/neg/0_2.txt'), 'Nope.');
    expect((await loadImdb(options)).test.text(0)).toBe('Nope.');
  });

  it.each<[string, (whole: Buffer) => Buffer]>([
    ['is empty', () => Buffer.alloc(0)],
    ['is cut off', (whole) => whole.subarray(0, -9)],
    [
      'has one bit turned',
      (whole) => Buffer.concat([whole.subarray(0, -20), Buffer.of((whole.at(-20) ?? 0) ^ 1), whole.subarray(-19)]),
    ],
    ['is of another kind', () => Buffer.from('hello')],
    [
      'claims another length of its header',
      (whole) => Buffer.from(whole.toString('latin1').replace(/00/, 'ff'), 'latin1'),
    ],
  ])('makes its cache file anew when that %s', async (_, damage) => {
    const options = folderWith(archive);
    const first = await loadImdb(options);
    const path = join(options.cacheDir, 'imdb', cacheFile);
    const sound = readFileSync(path);
    writeFileSync(path, damage(Buffer.from(sound)));
    const second = await loadImdb(options);
    expect(second.train.columns).toEqual(first.train.columns);
    expect(readFileSync(path).equals(sound)).toBe(true);
  });

  it('loads where the cache can’t be written, and says so', async () => {
    const options = folderWith(archive);
    const cacheDir = join(newFolder(), 'file');
    writeFileSync(cacheDir, '');
    const { train, source } = await loadImdb({ ...options, cacheDir: join(cacheDir, 'below') });
    expect(train.length).toBe(5);
    expect(source.sentence).toMatch(/what was parsed could not be kept for the next start \(the cache folder can't be/);
  });

  it('limits the training reviews to as many of one class as of the other', async () => {
    const options = folderWith(archive);
    const { train, test } = await loadImdb({ ...options, limit: 3 });
    expect([...train.labels]).toEqual([0, 0, 1]);
    expect(test.length).toBe(4);
    expect([...(await loadImdb({ ...options, limit: 4 })).train.ids]).toEqual([0, 10, 0, 1]);
    expect((await loadImdb({ ...options, limit: 400 })).train.length).toBe(5);
    expect((await failure(loadImdb({ ...options, limit: 0 }))).code).toBe('bad-argument');
  });

  it('gives examples to a loader', async () => {
    const { train } = await loadImdb(folderWith(archive));
    const subset = new data.Subset(train, [4, 0]);
    expect(subset.get(0)).toEqual(['I laughed.', 1]);
    expect(() => train.text(5)).toThrow('expected an index from 0 to 4, got 5');
    expect(() => train.select([1.5])).toThrow('expected indices from 0 to 4, got 1.5');
  });

  it('stops when interrupted, with the signal’s own reason', async () => {
    const reason = new Error('enough');
    await expect(loadImdb({ ...folderWith(archive), signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('says how to get it where it is nowhere to be found', async () => {
    const cacheDir = newFolder();
    const error = await failure(loadImdb({ cacheDir, systemDirs: [], download: false }));
    expect(error.message).toBe(
      `IMDB is not on this machine and not to be downloaded: put aclImdb_v1.tar.gz into ${join(cacheDir, 'imdb')} or into a folder named by --data-dir or FLAMBEAU_DATA`,
    );
    expect((await failure(loadImdb({ cacheDir, dataDir: cacheDir }))).message).toBe(
      `${cacheDir} does not hold IMDB: expected aclImdb_v1.tar.gz (unpacked or as aclImdb) there or in a folder imdb in it`,
    );
  });
});

describe('a bad archive is one error, and nothing is written', () => {
  const review = { name: 'aclImdb/train/pos/99_9.txt', data: 'Good.' };
  const bomb = gzipSync(Buffer.alloc(1 << 26));
  it.each<[string, Uint8Array, string, RegExp]>([
    ['that is empty', Buffer.alloc(0), 'truncated', /gzip data ends early/],
    ['that is no gzip', Buffer.from('hello, this is no gzip'), 'corrupt', /can't be unpacked/],
    ['whose gzip is cut off', archive.subarray(0, archive.length >> 1), 'truncated', /ends early/],
    ['whose gzip has lost its last byte', archive.subarray(0, -1), 'truncated', /ends early/],
    ['whose tar is cut off', gzipSync(tar(reviewMembers).subarray(0, 3000)), 'truncated', /its tar archive ends early/],
    ['whose gzip holds no tar', gzipSync('x'.repeat(5000)), 'corrupt', /no sound tar archive/],
    ['of zeros', gzipSync(Buffer.alloc(10_240)), 'wrong-format', /holds no reviews/],
    ['that is a gzip bomb', bomb, 'wrong-format', /holds no reviews/],
    ['packed twice', gzipSync(archive), 'corrupt', /no sound tar archive/],
    ['with a damaged header', pack({ ...review, checksum: 1 }), 'corrupt', /no sound tar archive/],
    [
      'without test reviews',
      gzipSync(tar(reviewMembers.filter(({ name }) => !/test/.test(String(name))))),
      'incomplete',
      /no reviews in test\/neg/,
    ],
    ['with no review', gzipSync(tar([{ name: 'README', data: 'hello' }])), 'wrong-format', /holds no reviews/],
    [
      'with a path that climbs',
      pack({ name: '../evil.txt', data: 'x' }),
      'corrupt',
      /"\.\.\/evil\.txt", a path that leads/,
    ],
    [
      'with a path that climbs in the middle',
      pack({ name: 'aclImdb/../../evil', data: 'x' }),
      'corrupt',
      /leads elsewhere/,
    ],
    ['with an absolute path', pack({ name: '/etc/evil', data: 'x' }), 'corrupt', /leads elsewhere/],
    ['with a drive', pack({ name: 'C:evil', data: 'x' }), 'corrupt', /leads elsewhere/],
    ['with backslashes', pack({ name: '..\\evil', data: 'x' }), 'corrupt', /leads elsewhere/],
    [
      'with a symbolic link',
      pack({ name: 'aclImdb/train/pos/5_9.txt', type: '2', link: '/etc/passwd' }),
      'corrupt',
      /a symbolic link/,
    ],
    [
      'with a hard link',
      pack({ name: 'aclImdb/train/pos/5_9.txt', type: '1', link: '../../x' }),
      'corrupt',
      /a hard link/,
    ],
    ['with a device', pack({ name: 'aclImdb/null', type: '3' }), 'corrupt', /a character device/],
    [
      'with a review twice',
      pack({ name: 'aclImdb/test/pos/0_10.txt', data: 'Yes!' }),
      'corrupt',
      /test\/pos\/0_10\.txt twice/,
    ],
    [
      'with two reviews of one id',
      pack({ name: 'aclImdb/test/pos/0_9.txt', data: 'Yes!' }),
      'corrupt',
      /another one with its id/,
    ],
    [
      'with impossible stars',
      pack({ name: 'aclImdb/test/pos/3_0.txt', data: 'x' }),
      'corrupt',
      /with 0 stars, expected 1 to 10/,
    ],
    [
      'with a text that is not UTF-8',
      pack({ ...review, data: Buffer.from([0xff, 0xfe]) }),
      'corrupt',
      /99_9\.txt, which is not UTF-8/,
    ],
    [
      'with a review of 2 MB',
      pack({ ...review, data: 'x'.repeat(1 << 21) }),
      'too-large',
      /99_9\.txt of 2097152 bytes/,
    ],
    ['with a member of 1 GB', pack({ name: 'aclImdb/big', size: 2 ** 30 }), 'too-large', /of 1073741824 bytes/],
    ['with a member of 8 EB', pack({ name: 'aclImdb/big', size: 2 ** 52 }), 'too-large', /of 4503599627370496 bytes/],
    [
      'with an endless name',
      pack({ name: 'long', type: 'L', data: 'x'.repeat(1 << 20) }),
      'too-large',
      /a header of 1048576 bytes/,
    ],
  ])('%s', async (_, bytes, code, message) => {
    const options = folderWith(bytes);
    const error = await failure(loadImdb(options));
    expect(error.message).toMatch(message);
    expect(error.message).toContain(archiveName);
    expect(error.message).not.toContain('\n');
    expect(error.code).toBe(code);
    expect(namesIn(options.cacheDir)).toEqual([]);
    expect(namesIn(options.dataDir)).toEqual([archiveName]);
    expect(existsSync(join(options.dataDir, '..', 'evil.txt'))).toBe(false);
  });

  it('but names that are not UTF-8, of what is no review, do no harm', async () => {
    const name = Buffer.from('aclImdb/\xff\xfe.txt', 'latin1');
    expect((await loadImdb(folderWith(pack({ name, data: 'x' })))).train.length).toBe(5);
  });

  it('a bad file in an unpacked folder is one, too', async () => {
    const dataDir = newFolder();
    writeReviews(dataDir);
    const load = () => failure(loadImdb({ dataDir, cacheDir: newFolder() }));
    writeReviews(dataDir, { 'train/pos/8_8.txt': Buffer.from([0xc3]) });
    expect((await load()).message).toContain('train/pos/8_8.txt, which is not UTF-8');
    writeReviews(dataDir, { 'train/pos/8_8.txt': 'x'.repeat(1 << 21) });
    expect((await load()).code).toBe('too-large');
    rmSync(join(dataDir, 'train/pos'), { recursive: true });
    expect((await load()).code).toBe('incomplete');
  });
});

describe('the catalogue', () => {
  it('lists IMDB, verifies that an archive is not the published one, and leaves it alone', async () => {
    const options = folderWith(archive);
    const status = (await listDatasets(options)).find(({ name }) => name === 'imdb');
    expect(status).toMatchObject({ state: 'present', kind: 'data-dir', bytes: 84_125_825, downloadBytes: 84_125_825 });
    const { isWhole, files } = await verifyDataset('imdb', options);
    expect(isWhole).toBe(false);
    expect(files[0]?.problem).toMatch(
      /aclImdb_v1\.tar\.gz is not the published file: expected 84,125,825 bytes of contents with SHA-256 c40f74a1/,
    );
    const source = await fetchDataset('imdb', options);
    expect(source).toMatchObject({ kind: 'data-dir', isComplete: false });
    expect(source.sentence).toMatch(/^IMDB from .*, in part: .* is not the published file/);
  });

  it('counts an unpacked folder', async () => {
    const dataDir = newFolder();
    writeReviews(dataDir);
    const { isWhole, files } = await verifyDataset('imdb', { dataDir });
    expect(isWhole).toBe(false);
    expect(files[0]?.problem).toBe(`${dataDir} holds 3 reviews in train/neg, expected the published 12500`);
  });

  it('declares the archive whose MD5 torchtext knows', () => {
    expect(imdb.files[0]?.archive.md5).toBe('7c2ac02c03563afcf9b574c7e56c153a');
  });
});

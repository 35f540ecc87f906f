import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { DataError, fashionMnist, fashionMnistSample, mnist } from '@flambeau/datasets';
import { type LoadImageOptions, loadFashionMnist, loadImageDataset } from '@flambeau/datasets/node';
import { describe, expect, it, vi } from 'vitest';
import { deadMirror, sampleFiles, startMirror } from '../support/mirror.ts';
import { impatient, namesIn, newFolder, servedBy } from '../support/sandbox.ts';

const trainImages = 'train-images-idx3-ubyte';

/** A folder with the four archives of the sample, in `into` below it. */
function folderWithData(into = ''): string {
  const root = newFolder();
  cpSync(sampleFiles, join(root, into), { recursive: true });
  return root;
}

/** Nothing of this machine's own, and no network. */
async function isolated(): Promise<LoadImageOptions & { cacheDir: string }> {
  return { ...impatient, cacheDir: newFolder(), systemDirs: [] };
}

async function failure(loading: Promise<unknown>): Promise<DataError> {
  const error = await loading.then(
    () => new Error('expected a DataError'),
    (error: unknown) => error,
  );
  if (error instanceof DataError) return error;
  throw error;
}

describe('loadImageDataset looks', () => {
  it.each(['', 'fashion-mnist', 'FashionMNIST/raw'])('in dataDir, in its folder "%s"', async (into) => {
    const dataDir = folderWithData(into);
    const { train, test, classes, source } = await loadImageDataset(servedBy(), { dataDir });
    expect([train.length, test.length]).toEqual([6000, 1000]);
    expect(classes[train.get(0)[1]]).toBe('Ankle boot');
    expect(source).toMatchObject({ kind: 'data-dir', path: join(dataDir, into), isComplete: true });
    expect(source.sentence).toBe(`FashionMNIST from ${join(dataDir, into)}, checksums verified.`);
    expect(source.checksums[trainImages]).toBe(fashionMnistSample.files[0].sha256);
    expect(Object.keys(source.checksums)).toHaveLength(4);
  });

  it('at unpacked files as well', async () => {
    const dataDir = folderWithData();
    const packed = join(dataDir, `${trainImages}.gz`);
    writeFileSync(join(dataDir, trainImages), gunzipSync(readFileSync(packed)));
    rmSync(packed);
    expect((await loadImageDataset(servedBy(), { dataDir })).train.length).toBe(6000);
  });

  it('in FLAMBEAU_DATA before the cache, and past it where it holds nothing of the data set', async () => {
    const options = { ...(await isolated()), download: false };
    cpSync(sampleFiles, join(options.cacheDir, 'fashion-mnist'), { recursive: true });
    const dataDir = folderWithData('fashion-mnist');
    vi.stubEnv('FLAMBEAU_DATA', dataDir);
    expect((await loadImageDataset(servedBy(), options)).source.path).toBe(join(dataDir, 'fashion-mnist'));
    rmSync(join(dataDir, 'fashion-mnist'), { recursive: true });
    expect((await loadImageDataset(servedBy(), options)).source.kind).toBe('cache');
  });

  it('in the cache before the system, in the system before the mirrors', async () => {
    const mirror = await startMirror();
    const options = { ...(await isolated()), systemDirs: [folderWithData('fashion-mnist')] };
    const declaration = servedBy(mirror.url);
    expect((await loadImageDataset(declaration, options)).source.kind).toBe('system');
    cpSync(sampleFiles, join(options.cacheDir, 'fashion-mnist'), { recursive: true });
    expect((await loadImageDataset(declaration, options)).source.kind).toBe('cache');
    expect(mirror.requests).toEqual([]);
  });

  it('on the mirrors, once: the second time in the cache', async () => {
    const mirror = await startMirror();
    const options = await isolated();
    const first = await loadImageDataset(servedBy(mirror.url), options);
    expect(first.source).toMatchObject({ kind: 'download', path: join(options.cacheDir, 'fashion-mnist') });
    const second = await loadImageDataset(servedBy(mirror.url), options);
    expect(second.source.kind).toBe('cache');
    expect(mirror.requests).toHaveLength(4);
  });

  it('in the user’s cache folder by the platform’s rules', async () => {
    const cache = newFolder();
    vi.stubEnv('XDG_CACHE_HOME', cache);
    const mirror = await startMirror();
    await loadImageDataset(servedBy(mirror.url), { systemDirs: [] });
    if (process.platform === 'linux') expect(namesIn(join(cache, 'flambeau', 'fashion-mnist'))).toHaveLength(4);
  });
});

describe('the shipped sample', () => {
  const withSample = (...mirrors: string[]) => ({ ...fashionMnist, mirrors });

  it('stands in where no mirror can be reached, and the source says so and how to get the rest', async () => {
    const { train, test, source } = await loadImageDataset(withSample(await deadMirror()), await isolated());
    expect([train.length, test.length]).toEqual([6000, 1000]);
    expect(source).toMatchObject({ kind: 'sample', isComplete: false });
    expect(source.sentence).toMatch(
      /^FashionMNIST's shipped sample: 6,000 training and 1,000 test images, since FashionMNIST could not be downloaded \(127\.0\.0\.1:\d+: connection refused\); for all of it, put train-images-idx3-ubyte\.gz, .*apt-get install dataset-fashion-mnist"\.$/,
    );
  });

  it('stands in where nothing is to be downloaded', async () => {
    const { source } = await loadFashionMnist({ ...(await isolated()), download: false });
    expect(source.sentence).toContain(
      'since FashionMNIST is not on this machine and not to be downloaded; for all of it,',
    );
  });

  it('is balanced: 600 training and 100 test images of each class', async () => {
    const { train, test } = await loadFashionMnist({ ...(await isolated()), download: false });
    const count = (labels: Uint8Array) => Array.from({ length: 10 }, (_, c) => labels.filter((l) => l === c).length);
    expect(count(train.labels.data)).toEqual(new Array(10).fill(600));
    expect(count(test.labels.data)).toEqual(new Array(10).fill(100));
  });

  it('does not stand in when told not to', async () => {
    const options = { ...(await isolated()), sample: false };
    expect((await failure(loadImageDataset(withSample(await deadMirror()), options))).code).toBe('unreachable');
    expect((await failure(loadFashionMnist({ ...options, download: false }))).code).toBe('not-found');
  });

  it('does not stand in for a cache that can’t be written', async () => {
    const cacheDir = join(newFolder(), 'file');
    writeFileSync(cacheDir, '');
    const { code } = await failure(loadFashionMnist({ cacheDir, systemDirs: [] }));
    expect(code).toBe('cache-not-writable');
  });

  it('names the damage in the cache that made it necessary', async () => {
    const options = await isolated();
    cpSync(sampleFiles, join(options.cacheDir, 'fashion-mnist'), { recursive: true });
    const { source } = await loadImageDataset(withSample(await deadMirror()), options);
    expect(source.kind).toBe('sample');
    expect(source.sentence).toMatch(
      /since \S+train-images-idx3-ubyte\.gz is truncated: .*, and FashionMNIST could not be downloaded/,
    );
  });
});

describe('a folder that was given', () => {
  it.each([true, false])('is an error where it does not exist (as dataDir: %s)', async (isOption) => {
    const missing = join(newFolder(), 'missing');
    vi.stubEnv('FLAMBEAU_DATA', isOption ? undefined : missing);
    const error = await failure(loadFashionMnist(isOption ? { dataDir: missing } : {}));
    expect(error.code).toBe('data-dir-missing');
    expect(error.message).toBe(`${isOption ? 'the data folder' : 'FLAMBEAU_DATA'} ${missing} is not a folder`);
  });

  it('is an error as dataDir where it does not hold the data set', async () => {
    const dataDir = newFolder();
    const error = await failure(loadFashionMnist({ dataDir }));
    expect(error.code).toBe('not-found');
    expect(error.message).toMatch(
      `${dataDir} does not hold FashionMNIST: expected train-images-idx3-ubyte, train-labels-idx1-ubyte, ` +
        't10k-images-idx3-ubyte, t10k-labels-idx1-ubyte (unpacked or .gz) there or in a folder fashion-mnist in it',
    );
  });

  it.each([true, false])('is an error where it holds only a part (as dataDir: %s)', async (isOption) => {
    const dataDir = folderWithData('fashion-mnist');
    rmSync(join(dataDir, 'fashion-mnist', 't10k-labels-idx1-ubyte.gz'));
    vi.stubEnv('FLAMBEAU_DATA', isOption ? undefined : dataDir);
    const error = await failure(loadFashionMnist(isOption ? { dataDir } : {}));
    expect(error.code).toBe('incomplete');
    expect(error.message).toBe(
      `${join(dataDir, 'fashion-mnist')} holds only a part of FashionMNIST: t10k-labels-idx1-ubyte missing (unpacked or .gz)`,
    );
  });

  const gz = `${trainImages}.gz`;
  it.each<[string, (path: string) => void, string, RegExp]>([
    [
      'a truncated .gz',
      (path) => truncateSync(path, 100_000),
      'truncated',
      /\.gz is truncated: its gzip data ends early$/,
    ],
    ['an empty .gz', (path) => truncateSync(path, 0), 'truncated', /is truncated/],
    [
      'a corrupt .gz',
      (path) => writeFileSync(path, new Uint8Array(readFileSync(path)).fill(0, -8, -4)),
      'corrupt',
      /is corrupt: its gzip data can't be unpacked \(incorrect data check\)/,
    ],
    ['no gzip', (path) => writeFileSync(path, 'hello'), 'corrupt', /incorrect header check/],
    [
      'a gzip bomb',
      (path) => writeFileSync(path, gzipSync(Buffer.alloc(200 << 20))),
      'too-large',
      /holds more than it should: expected 4,704,016 bytes/,
    ],
    ['a huge file', (path) => truncateSync(path, 10 * 2 ** 30), 'too-large', /holds more than it should/],
    [
      'the contents of another file',
      (path) => writeFileSync(path, gzipSync(Buffer.alloc(4_704_016))),
      'checksum-mismatch',
      /is damaged or another file: expected contents with SHA-256 cf31\w+, got \w{64}$/,
    ],
    [
      'shorter contents',
      (path) => writeFileSync(path, gzipSync(Buffer.alloc(100))),
      'truncated',
      /expected 4,704,016 bytes of contents, got 100 bytes$/,
    ],
    [
      'a truncated unpacked file',
      (path) => writeFileSync(path.replace('.gz', ''), 'short'),
      'truncated',
      /idx3-ubyte is truncated/,
    ],
    [
      'a wrong unpacked file',
      (path) => writeFileSync(path.replace('.gz', ''), Buffer.alloc(4_704_016)),
      'checksum-mismatch',
      /idx3-ubyte is damaged or another file/,
    ],
  ])('is an error where it holds %s, never passed over', async (_, damage, code, message) => {
    const dataDir = folderWithData();
    damage(join(dataDir, gz));
    const mirror = await startMirror();
    const error = await failure(loadImageDataset(servedBy(mirror.url), { ...(await isolated()), dataDir }));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message.startsWith(join(dataDir, trainImages))).toBe(true);
    vi.stubEnv('FLAMBEAU_DATA', dataDir);
    expect((await failure(loadImageDataset(servedBy(mirror.url), await isolated()))).code).toBe(code);
    expect(mirror.requests).toEqual([]);
  });

  it('is not unpacked beyond the size that it should have', async () => {
    const dataDir = folderWithData();
    // Members of a gzip file follow one another: this one of 1 MB unpacks to 1 GiB.
    const member = gzipSync(Buffer.alloc(64 << 20));
    writeFileSync(join(dataDir, gz), Buffer.concat(new Array(16).fill(member)));
    const peakBefore = process.resourceUsage().maxRSS;
    expect((await failure(loadImageDataset(servedBy(), { dataDir }))).code).toBe('too-large');
    expect(process.resourceUsage().maxRSS - peakBefore).toBeLessThan(300_000);
  });

  it('is an error where a name in it is a folder or leads nowhere', async () => {
    const dataDir = folderWithData();
    rmSync(join(dataDir, gz));
    mkdirSync(join(dataDir, gz));
    symlinkSync(join(dataDir, 'nowhere'), join(dataDir, trainImages));
    expect((await failure(loadImageDataset(servedBy(), { dataDir }))).message).toMatch(
      /train-images-idx3-ubyte missing/,
    );
  });

  it('does not take one data set for another with the same file names', async () => {
    const dataDir = folderWithData();
    expect((await failure(loadImageDataset(mnist, { dataDir }))).isDamage).toBe(true);
  });
});

describe('a damaged cache', () => {
  it('is mended from the mirrors, only the damaged file', async () => {
    const mirror = await startMirror();
    const options = await isolated();
    const folder = join(options.cacheDir, 'fashion-mnist');
    cpSync(sampleFiles, folder, { recursive: true });
    truncateSync(join(folder, `${trainImages}.gz`), 1000);
    const { source, train } = await loadImageDataset(servedBy(mirror.url), options);
    expect(source.kind).toBe('download');
    expect(train.length).toBe(6000);
    expect(mirror.requests.map(({ path }) => path)).toEqual([`${trainImages}.gz`]);
  });

  it('is an error where nothing is to be downloaded', async () => {
    const options = await isolated();
    const folder = join(options.cacheDir, 'fashion-mnist');
    cpSync(sampleFiles, folder, { recursive: true });
    truncateSync(join(folder, `${trainImages}.gz`), 1000);
    expect((await failure(loadImageDataset(servedBy(), { ...options, download: false }))).code).toBe('truncated');
  });
});

describe('limit', () => {
  it('keeps the first training examples and all test examples', async () => {
    const dataDir = folderWithData();
    const all = await loadImageDataset(servedBy(), { dataDir });
    const few = await loadImageDataset(servedBy(), { dataDir, limit: 600 });
    expect([few.train.length, few.test.length]).toEqual([600, 1000]);
    expect(few.train.get(599)).toEqual(all.train.get(599));
    expect((await loadImageDataset(servedBy(), { dataDir, limit: 1e6 })).train.length).toBe(6000);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %s', async (limit) => {
    const error = await failure(loadFashionMnist({ limit }));
    expect(error.message).toBe(`expected limit to be a whole number of at least 1, got ${limit}`);
  });
});

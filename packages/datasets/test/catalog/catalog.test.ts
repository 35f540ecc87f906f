import { cpSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, datasets, findDeclaration } from '@flambeau/datasets';
import { fetchDataset, listDatasets, verifyDataset } from '@flambeau/datasets/node';
import { describe, expect, it } from 'vitest';
import { sampleFiles } from '../support/mirror.ts';
import { impatient, newFolder } from '../support/sandbox.ts';

const nowhere = () => ({ cacheDir: newFolder(), systemDirs: [] });

describe('the declarations', () => {
  it.each(datasets.map((declaration) => [declaration.name, declaration] as const))(
    'of %s are well-formed',
    (name, declaration) => {
      expect(declaration.folders[0]).toBe(name);
      expect(declaration.mirrors.length).toBeGreaterThan(0);
      for (const mirror of declaration.mirrors) expect(mirror).toMatch(/^https?:\/\/.*\/$/);
      for (const { name: file, bytes, sha256, archive } of declaration.files) {
        expect(file).not.toMatch(/[/\\]/);
        expect(bytes).toBeGreaterThan(0);
        if (sha256 !== undefined) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
        // Of a zip's member that travels alone, the CRC-32 in the zip's directory decides.
        if (sha256 === undefined && !archive.travelsAlone) expect(archive.md5).toMatch(/^[0-9a-f]{32}$/);
      }
      expect(declaration.licence.name).not.toBe('');
      expect(declaration.citation).not.toBe('');
    },
  );

  it('are found by name, or the names are named', () => {
    expect(findDeclaration('kmnist').title).toBe('KMNIST');
    expect(() => findDeclaration('cifar')).toThrow(
      'there is no data set "cifar": expected one of fashion-mnist, mnist, kmnist, imdb, glove, glove-50d, glove-200d, glove-300d, translation',
    );
  });
});

describe('listDatasets', () => {
  it('says where each data set is, its size, checksums and licence', async () => {
    const options = nowhere();
    cpSync(sampleFiles, join(options.cacheDir, 'mnist'), { recursive: true });
    rmSync(join(options.cacheDir, 'mnist', 't10k-labels-idx1-ubyte.gz'));
    const [fashion, mnist, kmnist] = await listDatasets(options);
    expect(fashion).toMatchObject({
      name: 'fashion-mnist',
      state: 'sample',
      kind: 'sample',
      bytes: 54_950_048,
      downloadBytes: 30_878_645,
    });
    expect(fashion.files).toHaveLength(4);
    expect(fashion.storedBytes).toBeLessThan(3_200_000);
    expect(mnist).toMatchObject({ state: 'incomplete', kind: 'cache', path: join(options.cacheDir, 'mnist') });
    expect(mnist.files.map(({ path }) => path !== undefined)).toEqual([true, true, true, false]);
    expect(mnist.files[0].sha256).toMatch(/^ba891046/);
    expect(kmnist).toMatchObject({
      state: 'absent',
      kind: undefined,
      path: join(options.cacheDir, 'kmnist'),
      storedBytes: 0,
    });
    expect(kmnist.licence.name).toBe('CC BY-SA 4.0');
  });

  it('prefers a whole data set to a part that comes before it', async () => {
    const options = { cacheDir: newFolder(), systemDirs: [newFolder()] };
    cpSync(sampleFiles, join(options.cacheDir, 'mnist'), { recursive: true });
    rmSync(join(options.cacheDir, 'mnist', 't10k-labels-idx1-ubyte.gz'));
    cpSync(sampleFiles, join(options.systemDirs[0], 'mnist'), { recursive: true });
    expect((await listDatasets(options))[1]).toMatchObject({ state: 'present', kind: 'system' });
  });
});

describe('verifyDataset', () => {
  it('reads every file and names what is wrong with each', async () => {
    const options = nowhere();
    const folder = join(options.cacheDir, 'fashion-mnist');
    cpSync(sampleFiles, folder, { recursive: true });
    truncateSync(join(folder, 't10k-images-idx3-ubyte.gz'), 100);
    rmSync(join(folder, 't10k-labels-idx1-ubyte.gz'));
    const { isWhole, kind, files } = await verifyDataset('fashion-mnist', options);
    expect([isWhole, kind]).toEqual([false, 'cache']);
    expect(files.map(({ problem }) => problem)).toEqual([
      expect.stringContaining(
        'train-images-idx3-ubyte.gz is truncated: expected 47,040,016 bytes of contents, got 4,704,016 bytes',
      ),
      expect.stringContaining('is truncated'),
      expect.stringContaining('t10k-images-idx3-ubyte.gz is truncated: its gzip data ends early'),
      `t10k-labels-idx1-ubyte is missing in ${folder}`,
    ]);
  });

  it('verifies the shipped sample where nothing else is there', async () => {
    const { isWhole, kind, files } = await verifyDataset('fashion-mnist', nowhere());
    expect([isWhole, kind]).toEqual([true, 'sample']);
    expect(files.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256 ?? ''))).toBe(true);
  });

  it('says what to do where nothing is there', async () => {
    const options = nowhere();
    await expect(verifyDataset('mnist', options)).rejects.toThrow(
      `MNIST is not on this machine: put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, ` +
        `t10k-labels-idx1-ubyte.gz into ${join(options.cacheDir, 'mnist')} or into a folder named by --data-dir or FLAMBEAU_DATA`,
    );
  });
});

describe('fetchDataset', () => {
  it('verifies and leaves alone what is there, and refuses what is damaged', async () => {
    const dataDir = newFolder();
    cpSync(sampleFiles, join(dataDir, 'fashion-mnist'), { recursive: true });
    const error = await fetchDataset('fashion-mnist', { ...impatient, dataDir }).catch((error) => error);
    expect(error).toBeInstanceOf(DataError);
    expect(error.code).toBe('truncated');
  });
});

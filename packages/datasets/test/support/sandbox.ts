import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fashionMnist, fashionMnistSample, type ImageDatasetDeclaration } from '@flambeau/datasets';
import { afterEach, beforeEach, vi } from 'vitest';

const proxyVariables = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
const folders: string[] = [];

// Whatever the developer's machine has set must not reach the tests.
beforeEach(() => {
  for (const name of [...proxyVariables, 'FLAMBEAU_DATA']) vi.stubEnv(name, undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new, empty folder that is removed after the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flambeau-datasets-'));
  folders.push(folder);
  return folder;
}

/** The shipped sample's files as a data set of their own, served by these mirrors. */
export function servedBy(...mirrors: string[]): ImageDatasetDeclaration {
  return {
    ...fashionMnistSample,
    name: 'fashion-mnist',
    title: 'FashionMNIST',
    folders: fashionMnist.folders,
    mirrors,
  };
}

/** The same with one file only, the test images: for what concerns one download. */
export function oneFileServedBy(...mirrors: string[]): ImageDatasetDeclaration {
  const declaration = servedBy(...mirrors);
  return { ...declaration, files: declaration.files.filter(({ name }) => name === 't10k-images-idx3-ubyte') };
}

export const oneArchive = 't10k-images-idx3-ubyte.gz';

/** Fast answers to trouble, so that tests need not wait. */
export const impatient = {
  timeouts: { connectMs: 1000, headersMs: 500, stallMs: 300 },
  retryDelayMs: 5,
  lockStaleMs: 2000,
} as const;

/** Names in a folder, sorted; none where it does not exist. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

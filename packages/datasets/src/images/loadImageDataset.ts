import { readDataFile } from '../contents/readDataFile.ts';
import { DataError } from '../dataError.ts';
import type { ImageDatasetDeclaration } from '../declarations/declaration.ts';
import { fashionMnist } from '../declarations/fashionMnist.ts';
import { kmnist } from '../declarations/kmnist.ts';
import { mnist } from '../declarations/mnist.ts';
import { sampleFolder } from '../search/dataFolders.ts';
import { type DataSource, wholeSource } from '../search/dataSource.ts';
import { type FoundFiles, findFiles } from '../search/findFiles.ts';
import { type ObtainOptions, obtain } from '../search/obtain.ts';
import { type ImageSplits, imageSplits } from './imageSplits.ts';

export interface LoadImageOptions extends ObtainOptions {
  /**
   * Whether the part that ships with this package stands in where no mirror can be reached (or `download` is false and
   * the data set is not on this machine). `source` then says so. Default: true.
   */
  readonly sample?: boolean | undefined;
  /** Keep only the first so many training examples. */
  readonly limit?: number | undefined;
}

export interface LoadedImages extends ImageSplits {
  readonly source: DataSource;
}

interface ReadSplits extends ImageSplits {
  readonly checksums: Readonly<Record<string, string>>;
}

/**
 * Loads an image data set into memory, verified: from a folder of the user's, the cache, the system, the mirrors, or the
 * part that ships with this package.
 *
 * @param options `dataDir`, `download`, `sample`, `limit`, `onProgress`, `signal`, and where to look
 * @returns `train`, `test`, `classes`, and `source`, which says where they came from
 * @throws {DataError} one sentence that names the file or folder; see {@link obtain}
 *
 * @example
 * ```ts
 * const { train, test, classes, source } = await loadImageDataset(fashionMnist);
 * console.log(source.sentence);
 * console.log(train.length, test.length); // 60000 10000
 * ```
 */
export async function loadImageDataset(
  declaration: ImageDatasetDeclaration,
  options: LoadImageOptions = {},
): Promise<LoadedImages> {
  const { limit } = options;
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 1)) {
    throw new DataError('bad-argument', `expected limit to be a whole number of at least 1, got ${limit}`);
  }
  const loaded = await loadWholeOrSample(declaration, options);
  return limit === undefined ? loaded : { ...loaded, train: loaded.train.take(limit) };
}

/** FashionMNIST: 60,000 training and 10,000 test images of 28×28 in 10 classes; see {@link loadImageDataset}. */
export function loadFashionMnist(options: LoadImageOptions = {}): Promise<LoadedImages> {
  return loadImageDataset(fashionMnist, options);
}

/** MNIST: 60,000 training and 10,000 test images of 28×28 in 10 classes; see {@link loadImageDataset}. */
export function loadMnist(options: LoadImageOptions = {}): Promise<LoadedImages> {
  return loadImageDataset(mnist, options);
}

/** KMNIST: 60,000 training and 10,000 test images of 28×28 in 10 classes; see {@link loadImageDataset}. */
export function loadKmnist(options: LoadImageOptions = {}): Promise<LoadedImages> {
  return loadImageDataset(kmnist, options);
}

async function loadWholeOrSample(
  declaration: ImageDatasetDeclaration,
  options: LoadImageOptions,
): Promise<LoadedImages> {
  const { sample = true } = options;
  try {
    const { kind, folder, value } = await obtain(declaration, options, (found) => readSplits(declaration, found));
    const { checksums, ...splits } = value;
    return { ...splits, source: wholeSource(declaration, kind, folder, checksums) };
  } catch (error) {
    const isOutOfReach =
      error instanceof DataError && (error.code === 'unreachable' || error.code === 'not-found') && !options.dataDir;
    if (!sample || !isOutOfReach || declaration.sample === undefined) throw error;
    return loadSample(declaration, declaration.sample, error);
  }
}

async function readSplits(declaration: ImageDatasetDeclaration, found: FoundFiles): Promise<ReadSplits> {
  const outcomes = await Promise.allSettled(found.files.map(readDataFile));
  const read = outcomes.map((outcome, index) => {
    // Of several damaged files the first is named, not the one that happened to be read first.
    if (outcome.status === 'rejected') throw outcome.reason;
    return { name: found.files[index].file.name, ...outcome.value };
  });
  const contents = new Map(read.map(({ name, contents }) => [name, contents]));
  const checksums = Object.fromEntries(read.map(({ name, sha256 }) => [name, sha256]));
  return { ...imageSplits(declaration, contents), checksums };
}

/** Loads the part of a data set that ships with this package. */
async function loadSample(
  declaration: ImageDatasetDeclaration,
  sample: ImageDatasetDeclaration,
  reason: DataError,
): Promise<LoadedImages> {
  const path = sampleFolder(declaration);
  const { checksums, ...splits } = await readSplits(sample, await findFiles(path, sample));
  const count = (examples: { length: number }) => examples.length.toLocaleString('en-US');
  const sentence =
    `${declaration.title}'s shipped sample: ${count(splits.train)} training and ${count(splits.test)} test images, ` +
    `since ${reason.problem}; for all of it, ${reason.remedy}.`;
  return { ...splits, source: { kind: 'sample', path, checksums, isComplete: false, sentence } };
}

import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DataError } from '../dataError.ts';
import { imdb } from '../declarations/imdb.ts';
import { cacheFolder, type SourceKind } from '../search/dataFolders.ts';
import { type DataSource, originOf } from '../search/dataSource.ts';
import type { FoundFile } from '../search/findFiles.ts';
import { type ObtainOptions, obtain } from '../search/obtain.ts';
import { type ParsedReviews, readParsedReviews, writeParsedReviews } from './parsedReviews.ts';
import { readReviewArchive } from './readReviewArchive.ts';
import { listReviewFolder, readReviewFolder } from './readReviewFolder.ts';
import type { ReviewSplits } from './reviewCollector.ts';
import { ReviewDataset } from './reviewDataset.ts';
import { splitNames } from './reviewName.ts';

export interface LoadImdbOptions extends ObtainOptions {
  /** Keep only so many training reviews, as many of one class as of the other; see {@link ReviewDataset.take}. */
  readonly limit?: number | undefined;
}

/** Where reviews came from, and how many there are. */
export interface ReviewSource extends DataSource {
  /** Reviews of each class (negative, positive) in each split, before any `limit`. */
  readonly counts: Readonly<Record<'train' | 'test', readonly number[]>>;
}

export interface LoadedReviews {
  readonly train: ReviewDataset;
  readonly test: ReviewDataset;
  /** `neg`, `pos`. */
  readonly classes: readonly string[];
  readonly source: ReviewSource;
}

interface Read extends ParsedReviews {
  /** Why what was parsed could not be kept, if so. */
  readonly notKept: string | undefined;
}

/**
 * Loads IMDB's reviews: from `aclImdb_v1.tar.gz` or an unpacked `aclImdb` folder on this machine, or from the publisher's
 * server. The archive is read as a stream and never unpacked to the disk; what is parsed is kept in one file in the cache,
 * so that the next start takes a fraction of the time.
 *
 * Each split has its negative reviews first, then the positive ones, each in the order of their file names, as
 * `sorted(os.listdir(…))` gives it. An archive on this machine with other contents than the published ones is taken too;
 * `source.isComplete` is then false, and `source.sentence` says how many reviews there are. What is downloaded must be the
 * published archive.
 *
 * @param options `dataDir`, `download`, `limit`, `onProgress`, `signal`, and where to look
 * @throws {DataError} one sentence that names the file or folder; see {@link obtain}
 *
 * @example
 * ```ts
 * const { train, test, source } = await loadImdb();
 * console.log(source.sentence);
 * const [text, label] = train.get(0); // label 0: negative
 * ```
 */
export async function loadImdb(options: LoadImdbOptions = {}): Promise<LoadedReviews> {
  const { limit } = options;
  const kept = join(cacheFolder(imdb, options), 'parsed-reviews.bin');
  const { kind, folder, value } = await obtain(imdb, options, (found) =>
    readOnce(found.files[0] as FoundFile, kept, options),
  );
  const { origin, splits, notKept } = value;
  const train = new ReviewDataset(splits.train);
  return {
    train: limit === undefined ? train : train.take(limit),
    test: new ReviewDataset(splits.test),
    classes: imdb.classes,
    source: { ...describe(kind, origin, splits, notKept), path: folder },
  };
}

/** Reads the reviews, from the cache file where that was made from this very archive or folder. */
async function readOnce(found: FoundFile, kept: string, { onProgress, signal }: LoadImdbOptions): Promise<Read> {
  const { file, path } = found;
  const parsed = await readParsedReviews(kept);
  const folder = found.compression === 'folder' ? listReviewFolder(path) : undefined;
  const fingerprint = folder?.fingerprint ?? `${found.bytes} ${statSync(path).mtimeMs}`;
  if (parsed !== undefined) {
    const { origin } = parsed;
    if (origin.path === path && origin.fingerprint === fingerprint) return { ...parsed, notKept: undefined };
    // The same archive elsewhere, or copied anew.
    if (folder === undefined && origin.sha256 !== null && origin.sha256 === (await sha256Of(path, signal))) {
      return { origin: { ...origin, path }, splits: parsed.splits, notKept: undefined };
    }
  }
  const totalBytes = folder?.files.length ?? found.bytes;
  let receivedBytes = 0;
  const advance = (by: number) => {
    receivedBytes += by;
    onProgress?.({ phase: 'read', dataset: imdb.name, file: file.name, receivedBytes, totalBytes });
  };
  const { splits, sha256 } =
    folder === undefined
      ? await readReviewArchive(found, advance, signal)
      : { splits: await readReviewFolder(path, folder, advance, signal), sha256: null };
  const reviews: ParsedReviews = { origin: { path, fingerprint, sha256 }, splits };
  // Reviews that can't be kept are reviews nevertheless: the next start takes longer, and the source says so.
  const notKept = await writeParsedReviews(kept, reviews).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof DataError) return error.problem;
      throw error;
    },
  );
  return { ...reviews, notKept };
}

async function sha256Of(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { signal }), hash);
  return hash.digest('hex');
}

function countsOf({ labels }: { readonly labels: Uint8Array }): number[] {
  const positive = labels.reduce((sum, label) => sum + label, 0);
  return [labels.length - positive, positive];
}

/** Says where the reviews came from and, where they are not the published ones, how many there are. */
function describe(
  kind: Exclude<SourceKind, 'sample'>,
  { path, sha256 }: ParsedReviews['origin'],
  splits: ReviewSplits,
  notKept: string | undefined,
): Omit<ReviewSource, 'path'> {
  const file = imdb.files[0];
  const counts = { train: countsOf(splits.train), test: countsOf(splits.test) };
  const hasAll = splitNames.every((split) =>
    counts[split].every((count, label) => count === imdb.counts[split][label]),
  );
  const isComplete = sha256 === null ? hasAll : sha256 === file?.sha256;
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const amount = (split: 'train' | 'test', called: string) => {
    const [there, all] = [sum(counts[split]), sum(imdb.counts[split])].map((count) => count.toLocaleString('en-US'));
    return `${there} of ${all} ${called} reviews`;
  };
  const how = isComplete
    ? sha256 === null
      ? ', all 50,000 reviews'
      : ', checksum verified'
    : `, which is not the published archive: ${amount('train', 'training')}, ${amount('test', 'test')}`;
  const kept = notKept === undefined ? '' : `; what was parsed could not be kept for the next start (${notKept})`;
  return {
    kind,
    checksums: sha256 === null ? {} : { [file?.name as string]: sha256 },
    isComplete,
    counts,
    sentence: `${originOf(imdb, kind, path)}${how}${kept}.`,
  };
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { tap } from '../archives/tap.ts';
import { readTar, type TarLimits } from '../archives/tarMembers.ts';
import { unpackError } from '../contents/readDataFile.ts';
import { DataError } from '../dataError.ts';
import type { FoundFile } from '../search/findFiles.ts';
import { maxReviewBytes, ReviewCollector, type ReviewSplits } from './reviewCollector.ts';
import { classNames, parseReviewName, type ReviewName } from './reviewName.ts';

/** The publisher's archive has 500 MB, its largest member (a table of word counts) 41 MB. */
const limits: TarLimits = { memberBytes: 1 << 28, totalBytes: 2 ** 31 };

const memberPattern = /^(?:\.\/)?aclImdb\/(train|test)\/(neg|pos)\/([^/]+)$/;

/** Which review a path in the archive is, or undefined: unlabelled ones, word lists and tables are not read. */
function reviewAt(archive: string, path: string): ReviewName | undefined {
  const match = memberPattern.exec(path);
  if (match === null) return undefined;
  const [, split, label, file] = match as unknown as [string, ReviewName['split'], 'neg' | 'pos', string];
  return parseReviewName(archive, split, classNames.indexOf(label), file);
}

/**
 * Reads the reviews out of an unpacked `aclImdb_v1.tar` as it arrives.
 *
 * @param path how messages call the archive
 * @throws {DataError} as {@link readTar} and {@link ReviewCollector}
 */
export async function readReviewTar(
  path: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<ReviewSplits> {
  const collector = new ReviewCollector(path);
  const names = new Map<string, ReviewName>();
  await readTar(
    path,
    chunks,
    limits,
    (member) => {
      const name = reviewAt(path, member.path);
      if (name === undefined) return false;
      if (member.bytes > maxReviewBytes) {
        throw new DataError('too-large', `${path} holds the review ${name.file} of ${member.bytes} bytes`, { path });
      }
      names.set(member.path, name);
      return true;
    },
    (member, text) => collector.add(names.get(member.path) as ReviewName, text),
  );
  return collector.finish();
}

/**
 * Reads the reviews out of `aclImdb_v1.tar.gz` in one pass, without unpacking it to the disk.
 *
 * @returns the reviews and the archive's SHA-256, in hex
 * @throws {DataError} as {@link readReviewTar}; `truncated` or `corrupt` for damaged gzip; `unreadable`
 */
export async function readReviewArchive(
  { file, path }: Pick<FoundFile, 'file' | 'path'>,
  onBytes?: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<{ readonly splits: ReviewSplits; readonly sha256: string }> {
  const hash = createHash('sha256');
  const stored = tap((chunk) => {
    hash.update(chunk);
    onBytes?.(chunk.length);
  });
  let splits: ReviewSplits | undefined;
  const parse = async (unpacked: AsyncIterable<Uint8Array>) => {
    splits = await readReviewTar(path, unpacked);
  };
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 18 }), stored, createGunzip(), parse, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof DataError ? error : unpackError(path, file, error);
  }
  return { splits: splits as unknown as ReviewSplits, sha256: hash.digest('hex') };
}

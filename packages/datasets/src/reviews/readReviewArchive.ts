import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { sink, tap } from '../archives/tap.ts';
import { type TarLimits, type TarMember, TarReader } from '../archives/tarReader.ts';
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

/** Reads the reviews out of an unpacked `aclImdb_v1.tar` as it arrives. */
export class ReviewTarReader {
  readonly #collector: ReviewCollector;
  readonly #tar: TarReader;

  /** @param path how messages call the archive */
  constructor(path: string) {
    this.#collector = new ReviewCollector(path);
    const wanted = (member: TarMember): boolean => {
      const name = reviewAt(path, member.path);
      if (name !== undefined && member.bytes > maxReviewBytes) {
        throw new DataError('too-large', `${path} holds the review ${name.file} of ${member.bytes} bytes`, { path });
      }
      return name !== undefined;
    };
    this.#tar = new TarReader(path, limits, wanted, (member, text) =>
      this.#collector.add(reviewAt(path, member.path) as ReviewName, text),
    );
  }

  /** @throws {DataError} as {@link TarReader.push} and {@link ReviewCollector.add} */
  push(chunk: Uint8Array): void {
    this.#tar.push(chunk);
  }

  /** @throws {DataError} as {@link TarReader.finish} and {@link ReviewCollector.finish} */
  finish(): ReviewSplits {
    this.#tar.finish();
    return this.#collector.finish();
  }
}

/**
 * Reads the reviews out of `aclImdb_v1.tar.gz` in one pass, without unpacking it to the disk.
 *
 * @returns the reviews and the archive's SHA-256, in hex
 * @throws {DataError} as {@link ReviewTarReader}; `truncated` or `corrupt` for damaged gzip; `unreadable`
 */
export async function readReviewArchive(
  { file, path }: Pick<FoundFile, 'file' | 'path'>,
  onBytes?: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<{ readonly splits: ReviewSplits; readonly sha256: string }> {
  const hash = createHash('sha256');
  const reader = new ReviewTarReader(path);
  const stored = tap((chunk) => {
    hash.update(chunk);
    onBytes?.(chunk.length);
  });
  const source = createReadStream(path, { highWaterMark: 1 << 18 });
  const unpacked = createGunzip({ chunkSize: 1 << 17 });
  const parse = sink((chunk) => reader.push(chunk));
  await pipeline(source, stored, unpacked, parse, signal ? { signal } : {}).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw unpackError(path, file, error);
  });
  return { splits: reader.finish(), sha256: hash.digest('hex') };
}

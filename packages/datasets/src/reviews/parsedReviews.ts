import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeError } from '../fetcher/writeError.ts';
import type { ReviewSplits } from './reviewCollector.ts';
import type { ReviewColumns } from './reviewDataset.ts';
import { splitNames } from './reviewName.ts';

/** What a file of parsed reviews was made from: as long as this is unchanged, it need not be made again. */
export interface ParsedOrigin {
  /** The archive or folder. */
  readonly path: string;
  /** Of the archive's size and time of change, or of a folder's names, sizes and times. */
  readonly fingerprint: string;
  /** SHA-256 of the archive, in hex; null for a folder. */
  readonly sha256: string | null;
}

export interface ParsedReviews {
  readonly origin: ParsedOrigin;
  readonly splits: ReviewSplits;
}

/** Told apart from a cache file of another layout. */
const magic = 'flambeau reviews 1\n';
const widths = { ids: 4, offsets: 4, ratings: 1, labels: 1 } as const;

interface Header {
  readonly origin: ParsedOrigin;
  readonly splits: Readonly<Record<'train' | 'test', { readonly reviews: number; readonly textBytes: number }>>;
  /** SHA-256 of all that follows, in hex. */
  readonly sha256: string;
}

/** `magic`, the header's length in 8 hex digits, the header as JSON, padded to 4 bytes; then the columns, wide ones first. */
export function encodeReviews({ origin, splits }: ParsedReviews): Buffer {
  const columns = splitNames.flatMap((split) => {
    const { ids, offsets, ratings, labels, utf8 } = splits[split];
    const bytes = [ids, offsets, ratings, labels, utf8].map((column) =>
      Buffer.from(column.buffer, column.byteOffset, column.byteLength),
    );
    const length = bytes.reduce((sum, { length }) => sum + length, 0);
    return [...bytes, Buffer.alloc(-length & 3)];
  });
  const hash = createHash('sha256');
  for (const column of columns) hash.update(column);
  const size = ({ labels, utf8 }: ReviewColumns) => ({ reviews: labels.length, textBytes: utf8.length });
  const header: Header = {
    origin,
    splits: { train: size(splits.train), test: size(splits.test) },
    sha256: hash.digest('hex'),
  };
  const json = Buffer.from(JSON.stringify(header));
  const before = magic.length + 8 + json.length;
  const padding = Buffer.alloc(-before & 3, ' ');
  const length = (json.length + padding.length).toString(16).padStart(8, '0');
  return Buffer.concat([Buffer.from(magic + length), json, padding, ...columns]);
}

/** The reviews in a cache file, or undefined for one that is damaged, of another kind or of another version. */
export function decodeReviews(file: Uint8Array): ParsedReviews | undefined {
  try {
    return decode(file);
  } catch {
    return undefined;
  }
}

function decode(file: Uint8Array): ParsedReviews | undefined {
  const buffer = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const start = magic.length + 8;
  if (buffer.toString('latin1', 0, magic.length) !== magic) return undefined;
  const end = start + Number.parseInt(buffer.toString('latin1', magic.length, start), 16);
  const { origin, splits, sha256 } = JSON.parse(buffer.toString('utf8', start, end)) as Header;
  const payload = buffer.subarray(end);
  if (createHash('sha256').update(payload).digest('hex') !== sha256) return undefined;
  let at = payload.byteOffset;
  const column = <T>(
    Type: new (buffer: ArrayBufferLike, at: number, length: number) => T,
    length: number,
    width: number,
  ): T => {
    at += length * width;
    return new Type(payload.buffer, at - length * width, length);
  };
  const read = ({ reviews, textBytes }: Header['splits']['train']): ReviewColumns => {
    const ids = column(Int32Array, reviews, widths.ids);
    const offsets = column(Uint32Array, reviews + 1, widths.offsets);
    const ratings = column(Uint8Array, reviews, widths.ratings);
    const labels = column(Uint8Array, reviews, widths.labels);
    const utf8 = column(Uint8Array, textBytes, 1);
    at += -(at - payload.byteOffset) & 3;
    return { ids, offsets, ratings, labels, utf8 };
  };
  return { origin, splits: { train: read(splits.train), test: read(splits.test) } };
}

/** The parsed reviews in a cache file; undefined where there is none, or none that is sound. */
export async function readParsedReviews(path: string): Promise<ParsedReviews | undefined> {
  const file = await readFile(path).catch(() => undefined);
  return file === undefined ? undefined : decodeReviews(file);
}

/**
 * Keeps parsed reviews in a cache file, which appears whole or not at all.
 *
 * @throws {DataError} `cache-not-writable`, `disk-full`
 */
export async function writeParsedReviews(path: string, reviews: ParsedReviews): Promise<void> {
  const { writeFileAtomic } = await import('@flambeau/core/node');
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomic(path, encodeReviews(reviews));
  } catch (error) {
    const { cause = error } = error as Error;
    throw writeError(path, cause);
  }
}

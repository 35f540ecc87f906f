import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../dataError.ts';
import { maxReviewBytes, ReviewCollector, type ReviewSplits } from './reviewCollector.ts';
import { classNames, parseReviewName, type ReviewName, splitNames } from './reviewName.ts';

/** A review on the disk. */
interface ReviewFile {
  readonly name: ReviewName;
  readonly path: string;
}

/** An unpacked `aclImdb` folder, looked through and not yet read. */
export interface ReviewFolder {
  readonly files: readonly ReviewFile[];
  /** Changes with every name, size and time of change in the folder. */
  readonly fingerprint: string;
}

const readAtOnce = 32;

/**
 * Lists the reviews of an unpacked `aclImdb` folder.
 *
 * @throws {DataError} `unreadable`; `too-large` for a review that is none
 */
export function listReviewFolder(path: string): ReviewFolder {
  const files: ReviewFile[] = [];
  const hash = createHash('sha256');
  for (const split of splitNames) {
    for (const [label, called] of classNames.entries()) {
      const folder = join(path, split, called);
      for (const entry of look(folder, () => readdirSync(folder)).sort()) {
        const name = parseReviewName(path, split, label, entry);
        if (name === undefined) continue;
        const file = join(folder, entry);
        const { size, mtimeMs } = look(file, () => statSync(file));
        if (size > maxReviewBytes) {
          throw new DataError('too-large', `${file} has ${size} bytes, expected a review`, { path: file });
        }
        hash.update(`${split}/${called}/${entry} ${size} ${mtimeMs}\n`);
        files.push({ name, path: file });
      }
    }
  }
  return { files, fingerprint: hash.digest('hex') };
}

function look<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): DataError {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new DataError('incomplete', `${path} is not there`, { path, cause });
  return new DataError('unreadable', `${path} can't be read: ${message}`, { path, cause });
}

/**
 * Reads the reviews of an unpacked `aclImdb` folder.
 *
 * @throws {DataError} as {@link ReviewCollector}; `unreadable`
 */
export async function readReviewFolder(
  path: string,
  { files }: ReviewFolder,
  onFiles?: (count: number) => void,
  signal?: AbortSignal,
): Promise<ReviewSplits> {
  const collector = new ReviewCollector(path);
  for (let start = 0; start < files.length; start += readAtOnce) {
    signal?.throwIfAborted();
    const some = files.slice(start, start + readAtOnce);
    const read = some.map(({ path }) =>
      readFile(path).catch((cause: unknown) => {
        throw unreadable(path, cause);
      }),
    );
    const texts = await Promise.all(read);
    for (const [i, { name }] of some.entries()) collector.add(name, texts[i] as Uint8Array);
    onFiles?.(some.length);
  }
  return collector.finish();
}

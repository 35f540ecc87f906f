import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { sink } from '../archives/tap.ts';
import { openZipMember, zipError } from '../archives/zipMember.ts';
import { DataError } from '../dataError.ts';
import type { DataFile } from '../declarations/declaration.ts';
import type { FoundFile } from '../search/findFiles.ts';
import { checkContents, tooLarge, truncated } from './checkContents.ts';

const unzip = promisify(gunzip);

/** Room for what an archive holds beyond the contents: a gzip's header with its name and comment, a zip's other members. */
const archiveHeadroom = 1 << 20;

/** The most bytes that a file can have in the form in which it lies on disk or travels. */
export function maxStoredBytes(file: DataFile, compression: FoundFile['compression']): number {
  return file.bytes + (compression === 'none' ? 0 : archiveHeadroom);
}

export interface VerifiedContents {
  readonly contents: Uint8Array;
  /** SHA-256 of the contents, in hex. */
  readonly sha256: string;
}

/**
 * Reads a file of a data set into memory, unpacks and verifies it. Nothing larger than the declaration's size is read or
 * unpacked.
 *
 * @throws {DataError} `unreadable`, `truncated`, `corrupt`, `too-large` or `checksum-mismatch`
 */
export async function readDataFile({ file, path, compression, bytes }: FoundFile): Promise<VerifiedContents> {
  if (compression === 'none' && bytes < file.bytes) throw truncated(path, file, bytes);
  if (bytes > maxStoredBytes(file, compression)) throw tooLarge(path, file);
  const stored = await readFile(path).catch((error: unknown) => {
    throw unpackError(path, file, error);
  });
  const contents =
    compression === 'none' ? stored : await (compression === 'zip' ? unzipMember : unpack)(path, file, stored);
  const sha256 = createHash('sha256').update(contents).digest('hex');
  checkContents(path, file, contents.length, sha256);
  checkArchive(path, file, compression, () => createHash('md5').update(stored).digest('hex'));
  return { contents, sha256 };
}

/** Where the SHA-256 of the contents is not known, the publisher's MD5 of the archive decides. */
export function checkArchive(
  path: string,
  file: DataFile,
  compression: FoundFile['compression'],
  md5: () => string,
): void {
  const expected = file.archive.md5;
  if (file.sha256 !== undefined || expected === undefined || compression !== file.archive.compression) return;
  const actual = md5();
  if (actual !== expected) {
    throw new DataError(
      'checksum-mismatch',
      `${path} is damaged or another file: expected the publisher's, with MD5 ${expected}, got ${actual}`,
      { path },
    );
  }
}

async function unpack(path: string, file: DataFile, stored: Buffer): Promise<Uint8Array> {
  try {
    return await unzip(stored, { maxOutputLength: file.bytes });
  } catch (error) {
    throw unpackError(path, file, error);
  }
}

async function unzipMember(path: string, file: DataFile): Promise<Uint8Array> {
  const contents = new Uint8Array(file.bytes);
  let received = 0;
  const gather = sink((chunk) => {
    if (received + chunk.length > file.bytes) throw tooLarge(path, file);
    contents.set(chunk, received);
    received += chunk.length;
  });
  const streams = await openZipMember(path, file.archive.member ?? file.name);
  await pipeline([...streams, gather]).catch((error: unknown) => {
    throw zipError(path, error);
  });
  return contents.subarray(0, received);
}

/** The error for what reading and unpacking a file ran into. */
export function unpackError(path: string, file: DataFile, cause: unknown): unknown {
  const { code, message, syscall } = cause as NodeJS.ErrnoException;
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(path, file);
  if (code === 'Z_BUF_ERROR') {
    return new DataError('truncated', `${path} is truncated: its gzip data ends early`, { path, cause });
  }
  if (code?.startsWith('Z_')) {
    return new DataError('corrupt', `${path} is corrupt: its gzip data can't be unpacked (${message})`, {
      path,
      cause,
    });
  }
  if (syscall !== undefined) return new DataError('unreadable', `${path} can't be read: ${message}`, { path, cause });
  return cause;
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { openZipMember, zipError } from '../archives/zipMember.ts';
import type { FoundFile } from '../search/findFiles.ts';
import { checkContents, tooLarge } from './checkContents.ts';
import { checkArchive, unpackError } from './readDataFile.ts';

/**
 * Verifies a file of a data set as {@link readDataFile} does, without holding it in memory.
 *
 * @returns SHA-256 of the contents, in hex
 * @throws {DataError} `truncated`, `corrupt`, `too-large` or `checksum-mismatch`
 */
export async function verifyDataFile(
  { file, path, compression }: Omit<FoundFile, 'bytes'>,
  signal?: AbortSignal,
): Promise<string> {
  const archiveHash = createHash('md5');
  const contentsHash = createHash('sha256');
  let received = 0;
  const stored = new Transform({
    transform: (chunk: Buffer, _, done) => {
      archiveHash.update(chunk);
      done(null, chunk);
    },
  });
  const contents = new Writable({
    write: (chunk: Buffer, _, done) => {
      received += chunk.length;
      contentsHash.update(chunk);
      done(received > file.bytes ? tooLarge(path, file) : null);
    },
  });
  const interruptible = signal ? { signal } : {};
  const fail = (error: unknown): never => {
    if (signal?.aborted) throw signal.reason;
    throw compression === 'zip' ? zipError(path, error) : unpackError(path, file, error);
  };
  if (compression === 'zip') {
    await pipeline(await openZipMember(path, file), contents, interruptible).catch(fail);
    const needsArchiveHash = file.sha256 === undefined && file.archive.md5 !== undefined;
    if (needsArchiveHash) await pipeline(createReadStream(path), stored.resume(), interruptible).catch(fail);
  } else {
    const streams = [createReadStream(path), stored, ...(compression === 'gzip' ? [createGunzip()] : []), contents];
    await pipeline(streams, interruptible).catch(fail);
  }
  const sha256 = contentsHash.digest('hex');
  checkContents(path, file, received, sha256);
  checkArchive(path, file, compression, () => archiveHash.digest('hex'));
  return sha256;
}

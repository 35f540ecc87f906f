import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { zipError } from '../archives/zipMember.ts';
import type { FoundFile } from '../search/findFiles.ts';
import { anotherFile, checkContents, tooLarge } from './checkContents.ts';
import { openContents } from './openContents.ts';
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
  const contents = new Writable({
    write: (chunk: Buffer, _, done) => {
      received += chunk.length;
      contentsHash.update(chunk);
      if (received <= file.bytes) done();
      else done(file.acceptsOther ? anotherFile(path, file) : tooLarge(path, file));
    },
  });
  const interruptible = signal ? { signal } : {};
  const fail = (error: unknown): never => {
    if (signal?.aborted) throw signal.reason;
    throw compression === 'zip' ? zipError(path, error) : unpackError(path, file, error);
  };
  const isZip = compression === 'zip';
  // Of a zip only the member is unpacked: where its archive is to be hashed, that is read by itself.
  const onStored = (chunk: Buffer) => !isZip && archiveHash.update(chunk);
  await pipeline([...(await openContents({ file, path, compression }, onStored)), contents], interruptible).catch(fail);
  if (isZip && file.sha256 === undefined && file.archive.md5 !== undefined) {
    await pipeline(createReadStream(path), archiveHash, interruptible).catch(fail);
  }
  const sha256 = contentsHash.digest('hex');
  checkContents(path, file, received, sha256);
  checkArchive(path, file, compression, () => archiveHash.digest('hex'));
  return sha256;
}

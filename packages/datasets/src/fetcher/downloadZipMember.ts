import { open } from 'node:fs/promises';
import { findZipMember, type ZipMember } from '../archives/zipDirectory.ts';
import { DataError } from '../dataError.ts';
import type { DataFile } from '../declarations/declaration.ts';
import { type DownloadRequest, onDisk, receive, writeAll } from './downloadOnce.ts';
import { MirrorError } from './mirrorError.ts';
import { discardPartial, type PartialFile } from './partialFile.ts';
import { getPart, openRemoteFile, type RemoteFile } from './rangeRequests.ts';

/** A gzip file's header without a name or time (RFC 1952, 2.3): deflated bytes follow, as a zip holds them. */
const gzipHeader = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);

/**
 * Downloads one member of a zip archive and nothing of the others: reads the archive's directory by ranges, then the
 * member's deflated bytes, which stand between a gzip file's header and trailer as they are. Goes on with `partial` where
 * the archive is, by its strong entity tag, the very same one.
 *
 * On return `partial` is a gzip file, complete (not yet verified) and flushed to disk.
 *
 * @throws {MirrorError} if the mirror fails or sends no parts of files
 */
export async function downloadZipMember(request: DownloadRequest, file: DataFile, partial: PartialFile): Promise<void> {
  const remote = await openRemoteFile(request);
  const member = await findMember(request, file, remote);
  const end = gzipHeader.length + member.packedBytes;
  const { origin } = partial;
  const resumes = origin !== undefined && partial.bytes >= gzipHeader.length;
  if (origin !== undefined && (origin.etag !== remote.strongEtag || origin.totalBytes !== end)) {
    await discardPartial(partial.path);
    throw new MirrorError('has another file by now', { mayPass: true, keepsPartial: false });
  }
  const position = resumes ? Math.min(partial.bytes, end) : gzipHeader.length;
  if (position < end) {
    const response = await getPart(request, member.start + position - gzipHeader.length, end - position, remote);
    response.body.on('error', () => {});
    try {
      await receive({ ...request, maxBytes: end }, partial.path, response, {
        start: position,
        head: gzipHeader,
        isNew: !resumes,
        totalBytes: end,
        strongEtag: remote.strongEtag,
      });
    } finally {
      response.body.destroy();
    }
  }
  await onDisk(partial.path, () => writeTrailer(partial.path, end, member));
}

async function findMember(request: DownloadRequest, file: DataFile, remote: RemoteFile): Promise<ZipMember> {
  let member: ZipMember;
  try {
    member = await findZipMember('its archive', remote.totalBytes, remote.read, file.archive.member ?? file.name);
  } catch (cause) {
    if (!(cause instanceof DataError)) throw cause;
    throw new MirrorError(`sent another file (${cause.message})`, { mayPass: false, cause });
  }
  const { isDeflated, bytes, packedBytes } = member;
  if (bytes !== file.bytes || packedBytes > request.maxBytes || !isDeflated) {
    throw new MirrorError(`sent another file (${file.name} has ${bytes} bytes, expected ${file.bytes}, deflated)`, {
      mayPass: false,
    });
  }
  return member;
}

/** CRC-32 and size of the contents (RFC 1952, 2.3.1): whoever unpacks the file checks them. */
async function writeTrailer(path: string, end: number, { crc32, bytes }: ZipMember): Promise<void> {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32, 0);
  trailer.writeUInt32LE(bytes % 2 ** 32, 4);
  const file = await open(path, 'r+');
  try {
    await file.truncate(end);
    await writeAll(file, trailer, end);
    await file.sync();
  } finally {
    await file.close();
  }
}

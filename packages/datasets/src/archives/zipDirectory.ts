import { fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import { DataError } from '../dataError.ts';

/** One file of a zip archive: where its packed bytes lie, and what they unpack to by the archive's own account. */
export interface ZipMember {
  readonly name: string;
  readonly isDeflated: boolean;
  /** Position of its packed bytes in the archive. */
  readonly start: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly crc32: number;
}

/** Reads exactly `length` bytes of an archive from `position` on. */
export type ReadRange = (position: number, length: number) => Promise<Uint8Array>;

/** No archive of a data set has more; a directory that goes on and on is one made to be read for ever. */
const maxMembers = 10_000;
/** A deflated byte stands for at most so many. */
const maxExpansion = 1032;

/** What reading an archive's bytes ran into, kept apart from what is wrong with them. */
class ReadFailure extends Error {
  constructor(cause: unknown) {
    super('the archive could not be read', { cause });
  }
}

class RangeReader extends RandomAccessReader {
  readonly #read: ReadRange;

  constructor(read: ReadRange) {
    super();
    this.#read = read;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#read(position, length).then(
      (bytes) => {
        buffer.set(bytes, offset);
        callback(null);
      },
      (cause: unknown) => callback(new ReadFailure(cause)),
    );
  }
}

/**
 * Finds one member of a zip archive (zip64 too) by its directory, which is read by ranges: of the members nothing but one
 * local header is touched. The directory is not believed: a name that stands twice, sizes that can't be and ranges
 * beyond the archive are errors.
 *
 * @param path how messages call the archive
 * @param read gives ranges of it; what it throws passes through
 * @throws {DataError} `corrupt` for an archive that is no sound one, `wrong-format` where it lacks the member
 *
 * Source: PKWARE, APPNOTE.TXT 6.3.
 */
export async function findZipMember(
  path: string,
  totalBytes: number,
  read: ReadRange,
  name: string,
): Promise<ZipMember> {
  const reader = new RangeReader(read);
  try {
    // Names are compared as bytes: decoding is for people's file systems, and nothing is written under a name of these.
    const options = { autoClose: false, lazyEntries: true, decodeStrings: false };
    return await search(path, await fromRandomAccessReaderPromise(reader, totalBytes, options), name);
  } catch (error) {
    if (error instanceof ReadFailure) throw error.cause;
    if (error instanceof DataError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new DataError('corrupt', `${path} is corrupt: its zip archive can't be unpacked (${message.slice(0, 200)})`, {
      path,
      cause: error,
    });
  }
}

async function search(path: string, zip: ZipFile, name: string): Promise<ZipMember> {
  const corrupt = (reason: string) => new DataError('corrupt', `${path} is corrupt: ${reason}`, { path });
  if (zip.entryCount > maxMembers) throw corrupt(`its zip directory claims ${zip.entryCount} members`);
  const wanted = Buffer.from(name);
  let found: ZipMember | undefined;
  for await (const entry of zip.eachEntry()) {
    if (!wanted.equals(entry.fileNameRaw)) continue;
    if (found !== undefined) throw corrupt(`${name} stands twice in its zip directory`);
    const { compressionMethod: method, compressedSize: packedBytes, uncompressedSize: bytes, crc32 } = entry;
    if (entry.isEncrypted()) throw corrupt(`${name} is encrypted in it`);
    if (method !== 0 && method !== 8)
      throw corrupt(`${name} has compression method ${method}, expected stored or deflated`);
    if (method === 0 ? bytes !== packedBytes : bytes > maxExpansion * packedBytes) {
      throw corrupt(`${name} claims to unpack from ${packedBytes} to ${bytes} bytes`);
    }
    const { fileDataStart: start } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    if (start + packedBytes > zip.fileSize) throw corrupt(`${name} claims bytes beyond its end`);
    found = { name, isDeflated: method === 8, start, packedBytes, bytes, crc32 };
  }
  if (found === undefined) {
    throw new DataError('wrong-format', `${path} does not hold ${name}: expected it in the zip archive`, { path });
  }
  return found;
}

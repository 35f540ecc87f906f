import type { Readable } from 'node:stream';
import { type Entry, fromBufferPromise, openPromise, type ZipFile } from 'yauzl';
import { DataError } from '../dataError.ts';
import type { DataFile } from '../declarations/declaration.ts';

/**
 * Opens the member of a zip archive that holds a file of a data set. Nothing is written and no other member is unpacked,
 * so that names in the archive lead nowhere.
 *
 * @param path the archive
 * @param file its `archive.member` is the member's name; default: the file's own name
 * @param stored the archive's bytes, where they are in memory already
 * @returns the member's contents, unpacked as they are read; the archive is closed at their end
 * @throws {DataError} `corrupt` if it is no zip archive, `wrong-format` if it has no such member, `unreadable`
 */
export async function openZipMember(path: string, file: DataFile, stored?: Buffer): Promise<Readable> {
  const wanted = file.archive.member ?? file.name;
  const options = { autoClose: false, validateEntrySizes: true };
  const opened = stored === undefined ? openPromise(path, options) : fromBufferPromise(stored, options);
  const archive = await opened.catch((error: unknown) => {
    throw zipError(path, error);
  });
  try {
    const entry = await findEntry(archive, wanted);
    if (entry === undefined) {
      throw new DataError('wrong-format', `${path} does not hold ${wanted}: expected it in the zip archive`, { path });
    }
    const contents = await archive.openReadStreamPromise(entry);
    contents.once('close', () => archive.close());
    return contents;
  } catch (error) {
    archive.close();
    throw zipError(path, error);
  }
}

async function findEntry(archive: ZipFile, name: string): Promise<Entry | undefined> {
  for await (const entry of archive.eachEntry()) if (entry.fileName === name) return entry;
  return undefined;
}

/** The error for what reading a zip archive ran into; what the system says is told from what the archive's bytes say. */
export function zipError(path: string, cause: unknown): DataError {
  if (cause instanceof DataError) return cause;
  const { message, syscall } = cause as NodeJS.ErrnoException;
  return syscall === undefined
    ? new DataError('corrupt', `${path} is corrupt: its zip archive can't be unpacked (${message})`, { path, cause })
    : new DataError('unreadable', `${path} can't be read: ${message}`, { path, cause });
}

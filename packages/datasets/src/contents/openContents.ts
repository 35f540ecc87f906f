import { createReadStream } from 'node:fs';
import type { Readable, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { tap } from '../archives/tap.ts';
import { openZipMember } from '../archives/zipMember.ts';
import { DataError } from '../dataError.ts';
import type { FoundFile } from '../search/findFiles.ts';

/**
 * Opens a file of a data set for reading its unpacked contents from beginning to end, without holding them in memory.
 *
 * @param onStored told each piece as it lies on the disk (of a zip: of the member's packed bytes)
 * @returns streams to be put into one `pipeline`
 * @throws {DataError} `corrupt` for a zip archive whose directory is, `wrong-format` where it lacks the file or a folder is
 *   in the file's place
 */
export async function openContents(
  { file, path, compression }: Omit<FoundFile, 'bytes'>,
  onStored: (chunk: Buffer) => void,
): Promise<[Readable, ...Transform[]]> {
  switch (compression) {
    case 'none':
      return [createReadStream(path), tap(onStored)];
    case 'gzip':
      return [createReadStream(path), tap(onStored), createGunzip()];
    case 'zip':
      return openZipMember(path, file.archive.member ?? file.name, onStored);
    case 'folder':
      throw new DataError('wrong-format', `${path} is a folder, expected the file ${file.name}`, { path });
  }
}

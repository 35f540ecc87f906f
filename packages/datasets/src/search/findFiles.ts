import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../dataError.ts';
import type { DataFile, DatasetDeclaration } from '../declarations/declaration.ts';
import type { Place } from './dataFolders.ts';

/** A file of a data set, found on disk. */
export interface FoundFile {
  readonly file: DataFile;
  readonly path: string;
  readonly compression: 'gzip' | 'zip' | 'none';
  /** Its size on disk, in bytes. */
  readonly bytes: number;
}

/** What a folder holds of a data set. */
export interface FoundFiles {
  readonly folder: string;
  readonly files: readonly FoundFile[];
  /** Unpacked names of those that are not there. */
  readonly missing: readonly string[];
}

/** Looks for one file in a folder: unpacked, or in the form that travels. */
export async function findFile(folder: string, file: DataFile): Promise<FoundFile | undefined> {
  const forms = [
    { name: file.name, compression: 'none' },
    { name: file.archive.name, compression: file.archive.compression },
  ] as const;
  for (const { name, compression } of forms) {
    const path = join(folder, name);
    // A missing folder and a file in a folder's place are both "not there"; what can't be read is an error.
    const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw new DataError('unreadable', `${path} can't be looked at: ${error.message}`, { path, cause: error });
    });
    if (stats?.isFile()) return { file, path, compression, bytes: stats.size };
  }
  return undefined;
}

/** Looks for all files of a data set in a folder. */
export async function findFiles(folder: string, declaration: DatasetDeclaration): Promise<FoundFiles> {
  const found = await Promise.all(declaration.files.map((file) => findFile(folder, file)));
  return {
    folder,
    files: found.filter((file) => file !== undefined),
    missing: declaration.files.filter((_, index) => found[index] === undefined).map(({ name }) => name),
  };
}

/** The first folder of a place that holds any file of the data set. */
export async function findInPlace(place: Place, declaration: DatasetDeclaration): Promise<FoundFiles | undefined> {
  for (const folder of place.folders) {
    const found = await findFiles(folder, declaration);
    if (found.files.length > 0) return found;
  }
  return undefined;
}

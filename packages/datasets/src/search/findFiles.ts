import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../dataError.ts';
import type { DataFile, DatasetDeclaration } from '../declarations/declaration.ts';
import type { Place } from './dataFolders.ts';

/** A file of a data set, found on disk. */
export interface FoundFile {
  readonly file: DataFile;
  readonly path: string;
  /** How its contents are wrapped; `folder` is one that stands in its place. */
  readonly compression: 'gzip' | 'zip' | 'none' | 'folder';
  /** Its size on disk, in bytes; 0 for a folder, whose files are not added up. */
  readonly bytes: number;
}

/** What a folder holds of a data set. */
export interface FoundFiles {
  readonly folder: string;
  readonly files: readonly FoundFile[];
  /** Unpacked names of those that are not there. */
  readonly missing: readonly string[];
}

/** How a file is called in the cache, and how its contents are wrapped there: a zip's member that travels alone, as gzip. */
export function storedForm({ name, archive }: DataFile): Pick<DataFile['archive'], 'name' | 'compression'> {
  return archive.travelsAlone ? { name: `${name}.gz`, compression: 'gzip' } : archive;
}

/** Looks for one file in a folder: unpacked, as the cache keeps it, in the form that travels, or as a folder of its own. */
export async function findFile(folder: string, file: DataFile): Promise<FoundFile | undefined> {
  const forms = [
    { name: file.name, compression: 'none' },
    storedForm(file),
    { name: file.archive.name, compression: file.archive.compression },
  ] as const;
  for (const { name, compression } of forms) {
    const path = join(folder, name);
    const stats = await look(path);
    if (stats?.isFile()) return { file, path, compression, bytes: stats.size };
  }
  for (const name of file.folder?.paths ?? []) {
    const path = join(folder, name);
    const stats = await look(join(path, file.folder?.holds ?? '.'));
    if (stats?.isDirectory()) return { file, path, compression: 'folder', bytes: 0 };
  }
  return undefined;
}

/** A missing folder and a file in a folder's place are both "not there"; what can't be read is an error. */
function look(path: string): Promise<Stats | undefined> {
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new DataError('unreadable', `${path} can't be looked at: ${error.message}`, { path, cause: error });
  });
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

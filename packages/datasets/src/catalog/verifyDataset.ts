import { DataError } from '../dataError.ts';
import { findDeclaration } from '../declarations/catalogue.ts';
import { howToGetIt } from '../fetcher/howToGetIt.ts';
import { cacheFolder, type SearchOptions } from '../search/dataFolders.ts';
import { locateDataset } from './locateDataset.ts';
import { verifyFound } from './verifyFound.ts';

/** What `flambeau data verify` finds. */
export interface Verification {
  readonly dataset: string;
  readonly kind: 'data-dir' | 'cache' | 'system' | 'sample';
  readonly path: string;
  /** True if every file is there and whole. */
  readonly isWhole: boolean;
  readonly files: readonly FileVerification[];
}

export interface FileVerification {
  readonly name: string;
  readonly path: string | undefined;
  readonly isWhole: boolean;
  /** SHA-256 of the unpacked contents, if they could be unpacked to the end; none for a folder. */
  readonly sha256: string | undefined;
  /** One sentence, if it is missing or damaged. */
  readonly problem: string | undefined;
  /** True if a published checksum was at hand to compare with; else only its size and packing were checked. */
  readonly isChecksumKnown: boolean;
}

/**
 * Reads every file of a data set where it is found on this machine, and compares it with what is published.
 *
 * @param name as in `fashion-mnist`
 * @throws {DataError} `unknown-dataset`; `not-found` if nothing of it is on this machine
 */
export async function verifyDataset(
  name: string,
  options: SearchOptions & { readonly signal?: AbortSignal } = {},
): Promise<Verification> {
  const declaration = findDeclaration(name);
  const located = await locateDataset(declaration, options);
  if (located === undefined) {
    const path = cacheFolder(declaration, options);
    throw new DataError('not-found', `${declaration.title} is not on this machine`, {
      path,
      remedy: howToGetIt(declaration, path),
    });
  }
  const files: FileVerification[] = [];
  for (const file of located.declaration.files) {
    const found = located.files.find((candidate) => candidate.file === file);
    const isArchive = found?.compression === file.archive.compression;
    const isChecksumKnown =
      (file.sha256 !== undefined && found?.compression !== 'folder') || (isArchive && file.archive.md5 !== undefined);
    const about = { name: file.name, path: found?.path, isChecksumKnown };
    if (found === undefined) {
      files.push({
        ...about,
        isWhole: false,
        sha256: undefined,
        problem: `${file.name} is missing in ${located.folder}`,
      });
      continue;
    }
    try {
      const sha256 = await verifyFound(declaration, found, options.signal);
      files.push({ ...about, isWhole: true, sha256, problem: undefined });
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      files.push({ ...about, isWhole: false, sha256: undefined, problem: error.message });
    }
  }
  const { kind, folder: path } = located;
  return { dataset: name, kind, path, isWhole: files.every(({ isWhole }) => isWhole), files };
}

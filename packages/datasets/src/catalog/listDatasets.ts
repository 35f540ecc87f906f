import { datasets } from '../declarations/catalogue.ts';
import type { DataFile, DatasetDeclaration } from '../declarations/declaration.ts';
import { cacheFolder, type SearchOptions } from '../search/dataFolders.ts';
import { locateDataset } from './locateDataset.ts';

/** What `flambeau data list` tells of one data set. Nothing is read for it but the folders. */
export interface DatasetStatus {
  readonly name: string;
  readonly title: string;
  /** `present`: all files are there. `incomplete`: some are. `sample`: only the part that ships with this package is. */
  readonly state: 'present' | 'incomplete' | 'sample' | 'absent';
  /** Where it is found, if it is. */
  readonly kind: 'data-dir' | 'cache' | 'system' | 'sample' | undefined;
  /** The folder that holds it; where it is absent, the cache folder that would. */
  readonly path: string;
  /** Bytes on disk. */
  readonly storedBytes: number;
  /** Bytes of the whole data set, unpacked. */
  readonly bytes: number;
  /** Bytes to download for it, where known. */
  readonly downloadBytes: number | undefined;
  readonly files: readonly FileStatus[];
  readonly licence: DatasetDeclaration['licence'];
  readonly citation: string;
  readonly homepage: string;
}

export interface FileStatus {
  readonly name: string;
  /** Where it is, if it is there. */
  readonly path: string | undefined;
  readonly storedBytes: number | undefined;
  /** Bytes unpacked. */
  readonly bytes: number;
  /** Of the unpacked contents, where known. */
  readonly sha256: string | undefined;
  /** Of the publisher's archive, where known. */
  readonly md5: string | undefined;
}

/** Where each data set is on this machine, in the order of the catalogue. */
export function listDatasets(options: SearchOptions = {}): Promise<DatasetStatus[]> {
  return Promise.all(datasets.map((declaration) => datasetStatus(declaration, options)));
}

/** Where one data set is on this machine. */
export async function datasetStatus(
  declaration: DatasetDeclaration,
  options: SearchOptions = {},
): Promise<DatasetStatus> {
  const located = await locateDataset(declaration, options);
  const found = new Map(located?.files.map((file) => [file.file.name, file]));
  const { name, title, licence, citation, homepage } = declaration;
  const files = (located?.declaration ?? declaration).files.map((file): FileStatus => {
    const { path, bytes: storedBytes } = found.get(file.name) ?? {};
    return { name: file.name, path, storedBytes, bytes: file.bytes, sha256: file.sha256, md5: file.archive.md5 };
  });
  return {
    name,
    title,
    state: stateOf(located),
    kind: located?.kind,
    path: located?.folder ?? cacheFolder(declaration, options),
    storedBytes: sum(files.map(({ storedBytes = 0 }) => storedBytes)),
    bytes: sum(declaration.files.map(({ bytes }) => bytes)),
    downloadBytes: downloadBytes(declaration.files),
    files,
    licence,
    citation,
    homepage,
  };
}

function stateOf(located: Awaited<ReturnType<typeof locateDataset>>): DatasetStatus['state'] {
  if (located === undefined) return 'absent';
  if (located.missing.length > 0) return 'incomplete';
  return located.kind === 'sample' ? 'sample' : 'present';
}

function downloadBytes(files: readonly DataFile[]): number | undefined {
  const sizes = files.map(({ archive }) => archive.bytes).filter((bytes) => bytes !== undefined);
  return sizes.length === files.length ? sum(sizes) : undefined;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

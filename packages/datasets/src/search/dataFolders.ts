import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { DataError } from '../dataError.ts';
import type { DatasetDeclaration } from '../declarations/declaration.ts';
import { packageFolder } from '../packageFolder.ts';

/** Where data can be, in the order in which it is looked for; `download` is the cache folder, just filled. */
export type SourceKind = 'data-dir' | 'cache' | 'system' | 'download' | 'sample';

export interface SearchOptions {
  /**
   * A folder that holds the official files (`.gz` or unpacked), or a folder of them named after the data set. It is then
   * the only place looked at: what it lacks is an error. Default: the environment's `FLAMBEAU_DATA`, which may lack a data
   * set.
   */
  readonly dataDir?: string | undefined;
  /** Where downloads are kept. Default: the user's cache folder by the platform's rules, as `~/.cache/flambeau`. */
  readonly cacheDir?: string | undefined;
  /** Folders that the system's packages fill. Default: Debian's `/usr/share/datasets`. */
  readonly systemDirs?: readonly string[] | undefined;
}

/** A folder that may hold a data set. */
export interface Place {
  readonly kind: 'data-dir' | 'cache' | 'system';
  /** Folders to look into, in order. */
  readonly folders: readonly string[];
  /** True where the user named it for this very call, so that the data set must be there. */
  readonly isRequired: boolean;
}

/** The user's cache folder for this project, by the platform's rules (XDG on Linux). */
export function defaultCacheDir(): string {
  return envPaths('flambeau', { suffix: '' }).cache;
}

/** The cache folder of one data set. */
export function cacheFolder(declaration: DatasetDeclaration, { cacheDir = defaultCacheDir() }: SearchOptions): string {
  return join(cacheDir, declaration.name);
}

/** The folder of the data set's part that ships with this package. */
export function sampleFolder(declaration: DatasetDeclaration): string {
  return join(packageFolder, 'sample', declaration.name);
}

/**
 * Where to look for a data set, in order: the given folder or `FLAMBEAU_DATA`, the cache, the system's folders.
 *
 * @throws {DataError} `data-dir-missing` if the given folder, or the one that `FLAMBEAU_DATA` names, is not a folder
 */
export function places(declaration: DatasetDeclaration, options: SearchOptions): readonly Place[] {
  const { dataDir, systemDirs = ['/usr/share/datasets'] } = options;
  if (dataDir !== undefined) return [dataDirPlace(declaration, dataDir, 'the data folder', true)];
  const fromEnvironment = process.env.FLAMBEAU_DATA;
  const system = systemDirs.map(
    (root): Place => ({ kind: 'system', folders: [join(root, declaration.name)], isRequired: false }),
  );
  return [
    ...(fromEnvironment ? [dataDirPlace(declaration, fromEnvironment, 'FLAMBEAU_DATA', false)] : []),
    { kind: 'cache', folders: [cacheFolder(declaration, options)], isRequired: false },
    ...system,
  ];
}

/** The named folder first: a folder of MNIST's own files may also hold one named `fashion-mnist`, with the same file names. */
function dataDirPlace(declaration: DatasetDeclaration, dir: string, called: string, isRequired: boolean): Place {
  const root = resolve(dir);
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    throw new DataError('data-dir-missing', `${called} ${root} is not a folder`, { path: root });
  }
  return { kind: 'data-dir', folders: [...declaration.folders.map((name) => join(root, name)), root], isRequired };
}

import { DataError } from '../dataError.ts';
import type { DatasetDeclaration } from '../declarations/declaration.ts';
import type { FetchOptions } from '../fetcher/fetchFiles.ts';
import { howToGetIt } from '../fetcher/howToGetIt.ts';
import { cacheFolder, type Place, places, type SearchOptions } from './dataFolders.ts';
import { type FoundFiles, findInPlace, storedForm } from './findFiles.ts';

export interface ObtainOptions extends SearchOptions, FetchOptions {
  /** Whether to download what is nowhere to be found. Default: true. */
  readonly download?: boolean | undefined;
}

export interface Obtained<T> {
  readonly kind: 'data-dir' | 'cache' | 'system' | 'download';
  readonly folder: string;
  readonly value: T;
}

/**
 * Finds a data set, or downloads it, and reads it: the one way from a declaration to its contents, for every data set.
 *
 * It is looked for in `dataDir` (or `FLAMBEAU_DATA`), the cache, the system's folders, on the mirrors. Damage is never
 * passed over in silence: in a folder of the user's or the system's it is an error; in the cache the damaged file is
 * downloaded again.
 *
 * @param read verifies and parses the files; what it throws as damage counts as such
 * @throws {DataError} as {@link places}, `read` and {@link fetchFiles} do, and `not-found` if it is nowhere and not to be
 *   downloaded
 */
export async function obtain<T>(
  declaration: DatasetDeclaration,
  options: ObtainOptions,
  read: (found: FoundFiles) => Promise<T>,
): Promise<Obtained<T>> {
  const { download = true } = options;
  let damage: DataError | undefined;
  for (const place of places(declaration, options)) {
    const found = await findInPlace(place, declaration);
    if (found === undefined || found.missing.length > 0) {
      if (place.kind === 'data-dir') refuseIncomplete(declaration, place, found);
      continue;
    }
    try {
      return { kind: place.kind, folder: found.folder, value: await read(found) };
    } catch (error) {
      if (!(place.kind === 'cache' && download && error instanceof DataError && error.isDamage)) throw error;
      damage = error;
      break;
    }
  }
  const folder = cacheFolder(declaration, options);
  if (!download) {
    throw new DataError('not-found', `${declaration.title} is not on this machine and not to be downloaded`, {
      path: folder,
      remedy: howToGetIt(declaration, folder),
    });
  }
  // Loaded only now: its HTTP client takes longer to start than everything else here together.
  const { fetchFiles } = await import('../fetcher/fetchFiles.ts');
  const { found, downloaded } = await fetchFiles(declaration, folder, options).catch((error: unknown) => {
    throw damage === undefined ? error : afterDamage(damage, error);
  });
  return { kind: downloaded ? 'download' : 'cache', folder, value: await read(found) };
}

/** A folder of the user's must hold all of a data set or, unless it was named for this very call, nothing of it. */
function refuseIncomplete(declaration: DatasetDeclaration, place: Place, found: FoundFiles | undefined): void {
  const root = place.folders.at(-1) as string;
  if (found !== undefined) {
    throw new DataError(
      'incomplete',
      `${found.folder} holds only a part of ${declaration.title}: ${found.missing.join(', ')} missing (${formsOf(declaration)})`,
      { path: found.folder },
    );
  }
  if (!place.isRequired) return;
  const names = declaration.files.map(({ name }) => name).join(', ');
  throw new DataError(
    'not-found',
    `${root} does not hold ${declaration.title}: expected ${names} (${formsOf(declaration)}) there or in a folder ${declaration.name} in it`,
    { path: root },
  );
}

/** In which forms the files may lie there. */
function formsOf({ files }: DatasetDeclaration): string {
  if (files.every(({ name, archive }) => archive.name === `${name}.gz`)) return 'unpacked or .gz';
  const forms = files.flatMap((file) => [storedForm(file).name, file.archive.name, file.folder?.paths[0] ?? []].flat());
  const others = [...new Set(forms)].filter((form) => files.every(({ name }) => name !== form));
  return `unpacked or as ${others.join(', ')}`;
}

/** The mirrors' failure alone would hide why they were asked. */
function afterDamage(damage: DataError, error: unknown): unknown {
  if (!(error instanceof DataError && error.code === 'unreachable')) return error;
  const { code, path, problem, remedy } = error;
  return new DataError(code, `${damage.problem}, and ${problem}`, { path, remedy, cause: damage });
}

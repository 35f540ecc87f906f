import type { DatasetDeclaration } from '../declarations/declaration.ts';
import { type Place, places, type SearchOptions, sampleFolder } from '../search/dataFolders.ts';
import { type FoundFiles, findFiles, findInPlace } from '../search/findFiles.ts';

/** Where a data set is on this machine, found without reading it. */
export interface Located extends FoundFiles {
  readonly kind: Place['kind'] | 'sample';
  /** What the files should be: the data set's own declaration, or that of its sample. */
  readonly declaration: DatasetDeclaration;
}

/**
 * Finds a data set on this machine, in the order in which loading it would, or its shipped sample; a folder that holds
 * only a part of it counts only if there is no whole one.
 *
 * @throws {DataError} `data-dir-missing`
 */
export async function locateDataset(
  declaration: DatasetDeclaration & { readonly sample?: DatasetDeclaration },
  options: SearchOptions = {},
): Promise<Located | undefined> {
  let part: Located | undefined;
  for (const place of places(declaration, options)) {
    const found = await findInPlace(place, declaration);
    if (found === undefined) continue;
    const located = { ...found, kind: place.kind, declaration };
    if (found.missing.length === 0) return located;
    part ??= located;
  }
  if (part !== undefined || declaration.sample === undefined || options.dataDir !== undefined) return part;
  const found = await findFiles(sampleFolder(declaration), declaration.sample);
  return { ...found, kind: 'sample', declaration: declaration.sample };
}

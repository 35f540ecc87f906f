import { verifyDataFile } from '../contents/verifyDataFile.ts';
import { findDeclaration } from '../declarations/catalogue.ts';
import { type DataSource, wholeSource } from '../search/dataSource.ts';
import { type ObtainOptions, obtain } from '../search/obtain.ts';

/**
 * Sees to it that a data set is on this machine, whole: `flambeau data fetch`. Where it already is, it is verified and
 * left alone; else it is downloaded into the cache.
 *
 * @param name as in `fashion-mnist`
 * @throws {DataError} as {@link obtain}
 */
export async function fetchDataset(name: string, options: Omit<ObtainOptions, 'download'> = {}): Promise<DataSource> {
  const declaration = findDeclaration(name);
  const { kind, folder, value } = await obtain(declaration, { ...options, download: true }, async ({ files }) => {
    const checksums: Record<string, string> = {};
    for (const found of files) checksums[found.file.name] = await verifyDataFile(found, options.signal);
    return checksums;
  });
  return wholeSource(declaration, kind, folder, value);
}

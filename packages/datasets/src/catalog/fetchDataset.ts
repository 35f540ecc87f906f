import { DataError } from '../dataError.ts';
import { findDeclaration } from '../declarations/catalogue.ts';
import { cacheFolder } from '../search/dataFolders.ts';
import { type DataSource, originOf, wholeSource } from '../search/dataSource.ts';
import { type ObtainOptions, obtain } from '../search/obtain.ts';
import { verifyFound } from './verifyFound.ts';

/**
 * Sees to it that a data set is on this machine: `flambeau data fetch`. Where it already is, it is verified and left alone;
 * else it is downloaded into the cache. Of a data set that may also be had in part (IMDB, GloVe), a folder of the user's that
 * holds other files than the published ones is left alone, too, and the source says so; in the cache they are replaced.
 *
 * @param name as in `fashion-mnist`
 * @throws {DataError} as {@link obtain}
 */
export async function fetchDataset(name: string, options: Omit<ObtainOptions, 'download'> = {}): Promise<DataSource> {
  const declaration = findDeclaration(name);
  const cache = cacheFolder(declaration, options);
  const { kind, folder, value } = await obtain(declaration, { ...options, download: true }, async (found) => {
    const checksums: Record<string, string> = {};
    let difference: string | undefined;
    for (const file of found.files) {
      try {
        const sha256 = await verifyFound(declaration, file, options.signal);
        if (sha256 !== undefined) checksums[file.file.name] = sha256;
      } catch (error) {
        if (!isAnother(error) || file.file.acceptsOther !== true || found.folder === cache) throw error;
        difference = error.problem;
      }
    }
    return { checksums, difference };
  });
  const { checksums, difference } = value;
  const source = wholeSource(declaration, kind, folder, checksums);
  if (difference === undefined) return source;
  return { ...source, isComplete: false, sentence: `${originOf(declaration, kind, folder)}, in part: ${difference}.` };
}

function isAnother(error: unknown): error is DataError {
  return error instanceof DataError && (error.code === 'checksum-mismatch' || error.code === 'incomplete');
}

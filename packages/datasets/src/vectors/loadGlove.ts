import { gloveOf } from '../declarations/glove.ts';
import { type DataSource, originOf } from '../search/dataSource.ts';
import type { FoundFile } from '../search/findFiles.ts';
import { type ObtainOptions, obtain } from '../search/obtain.ts';
import { readFoundVectors } from './readWordVectors.ts';
import type { WordVectorOptions } from './wordVectorReader.ts';
import type { WordVectors } from './wordVectors.ts';

export interface LoadGloveOptions extends ObtainOptions, WordVectorOptions {
  /** Numbers a word: 50, 100, 200 or 300. Default: 100. */
  readonly dimension?: number | undefined;
}

export interface LoadedVectors {
  readonly vectors: WordVectors;
  readonly source: DataSource;
}

/**
 * Loads GloVe 6B's vectors (400,000 lower-case words): from `glove.6B.100d.txt`, `.txt.gz` or `glove.6B.zip` on this machine,
 * or from the publisher's server, of whose 862 MB archive only the file of this dimension is downloaded (128 MB for 100
 * numbers a word) and kept as `.txt.gz`.
 *
 * A file on this machine with other words than the published one is taken too; `source.isComplete` is then false, and
 * `source.sentence` says how many words there are.
 *
 * @param options `words` and `first` say which rows to keep; `dimension`, `dataDir`, `download`, `onProgress`, `signal`
 * @throws {DataError} `wrong-format` for a file of another dimension or with a malformed line; see {@link obtain}
 *
 * @example
 * ```ts
 * const { vectors, source } = await loadGlove({ words: vocabulary });
 * console.log(vectors.length, vectors.missing.length, source.sentence);
 * ```
 */
export async function loadGlove(options: LoadGloveOptions = {}): Promise<LoadedVectors> {
  const { dimension = 100, words, first, ...where } = options;
  const declaration = gloveOf(dimension);
  // Read once, though it may be needed twice: the file in the cache may turn out to be damaged.
  const wanted = words === undefined ? undefined : [...words];
  const { kind, folder, value } = await obtain(declaration, where, ({ files }) =>
    readFoundVectors(files[0] as FoundFile, declaration.name, { ...where, words: wanted, first, dimension }),
  );
  const { vectors, sha256, bytes } = value;
  const file = declaration.files[0];
  const isComplete = bytes === file?.bytes && (file.sha256 === undefined || file.sha256 === sha256);
  const [there, all] = [vectors.wordsInFile, declaration.words].map((count) => count.toLocaleString('en-US'));
  const checked = file?.sha256 === undefined ? '' : ', checksum verified';
  const how = isComplete ? checked : `, which is not the published file: ${there} of ${all} words`;
  return {
    vectors,
    source: {
      kind,
      path: folder,
      checksums: { [file?.name as string]: sha256 },
      isComplete,
      sentence: `${originOf(declaration, kind, folder)}${how}.`,
    },
  };
}

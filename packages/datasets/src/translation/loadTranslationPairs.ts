import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { readDataFile } from '../contents/readDataFile.ts';
import { DataError } from '../dataError.ts';
import type { TranslationDeclaration } from '../declarations/declaration.ts';
import { translation } from '../declarations/translation.ts';
import { type DataSource, wholeSource } from '../search/dataSource.ts';
import { type ObtainOptions, obtain } from '../search/obtain.ts';
import { type ParsedPairs, type ParsePairsOptions, parsePairs } from './parsePairs.ts';
import { type PreparePairsOptions, preparePairs } from './preparePairs.ts';
import type { TranslationPair } from './translationPair.ts';

export interface LoadPairsOptions extends ObtainOptions, PreparePairsOptions {}

export interface LoadPairFileOptions extends PreparePairsOptions, Omit<ParsePairsOptions, 'path'> {
  /** What the languages of the two columns are called. Default: `['source', 'target']`. */
  readonly languages?: readonly [first: string, second: string] | undefined;
}

export interface LoadedPairs {
  readonly pairs: TranslationPair[];
  /** The languages' names, in the direction of the pairs. */
  readonly languages: { readonly source: string; readonly target: string };
  /** How many pairs the file holds; `pairs` are those that pass the filter. */
  readonly pairsInFile: number;
  /** Numbers of the lines that hold no pair and were passed over. */
  readonly malformedLines: readonly number[];
  readonly source: DataSource;
}

/**
 * Loads the sentence pairs of the PyTorch tutorial, verified, from a folder of the user's, the cache, or the mirror; with the
 * defaults they are its 11,445 pairs from French to English.
 *
 * @throws {DataError} one sentence that names the file or folder; see {@link obtain}
 *
 * @example
 * ```ts
 * const { pairs, source } = await loadTranslationPairs();
 * console.log(pairs.length, source.sentence); // 11445 English–French pairs from the cache …
 * const { train, test } = splitPairs(pairs);
 * ```
 */
export async function loadTranslationPairs(options: LoadPairsOptions = {}): Promise<LoadedPairs> {
  const { reverse = true } = options;
  const { kind, folder, value } = await obtain(translation, options, async ({ files: [file] }) => {
    const { contents, sha256 } = await readDataFile(file);
    return { ...parsePairs(contents, { path: file.path }), checksums: { [file.file.name]: sha256 } };
  });
  return {
    ...value,
    pairs: preparePairs(value.pairs, { ...options, reverse }),
    pairsInFile: value.pairs.length,
    languages: inDirection(translation.languages, reverse),
    source: wholeSource(translation, kind, folder, value.checksums),
  };
}

/**
 * Loads sentence pairs from a file of the user's own, one pair a line, in columns separated by tabs; see {@link parsePairs}.
 *
 * @param path the file, in UTF-8
 * @throws {DataError} `unreadable`, and `wrong-format` with the number of the line
 *
 * @example
 * ```ts
 * const { pairs } = await loadPairFile('deu.txt', { languages: ['eng', 'deu'], reverse: true, normalize: false });
 * ```
 */
export async function loadPairFile(path: string, options: LoadPairFileOptions = {}): Promise<LoadedPairs> {
  const { languages = ['source', 'target'], reverse = false, prefixes = false } = options;
  const contents = await readFile(path).catch((cause: unknown) => {
    throw new DataError('unreadable', `${path} can't be read: ${(cause as Error).message}`, { path, cause });
  });
  const parsed = parsePairs(contents, { ...options, path });
  const sha256 = createHash('sha256').update(contents).digest('hex');
  return {
    ...parsed,
    pairs: preparePairs(parsed.pairs, { ...options, reverse, prefixes }),
    pairsInFile: parsed.pairs.length,
    languages: inDirection(languages, reverse),
    source: {
      kind: 'data-dir',
      path: resolve(path),
      checksums: { [basename(path)]: sha256 },
      isComplete: true,
      sentence: `${parsed.pairs.length.toLocaleString('en-US')} pairs of ${path}${passedOver(parsed)}.`,
    },
  };
}

function inDirection([first, second]: TranslationDeclaration['languages'], reverse: boolean) {
  return reverse ? { source: second, target: first } : { source: first, target: second };
}

/** The first few lines that were passed over, by their numbers. */
function passedOver({ malformedLines }: ParsedPairs): string {
  const count = malformedLines.length;
  if (count === 0) return '';
  const few = malformedLines.slice(0, 5).join(', ');
  return `, without ${count === 1 ? 'the line' : `${count} lines`} that hold${count === 1 ? 's' : ''} none (${few}${count > 5 ? ', …' : ''})`;
}

import { filterPairs, tutorialPrefixes } from './filterPairs.ts';
import { normalizeString } from './normalizeString.ts';
import { swapPairs, type TranslationPair } from './translationPair.ts';

export interface PreparePairsOptions {
  /**
   * Translate from the second column to the first (the tutorial's `reverse=True`). Default: true for the tutorial's pairs (French
   * to English), false for a file of one's own.
   */
  readonly reverse?: boolean | undefined;
  /** What is done to each sentence; `false` for nothing. Default: {@link normalizeString}. */
  readonly normalize?: ((sentence: string) => string) | false | undefined;
  /** Sentences must have fewer words than this; `false` for any number. Default: 10, the tutorial's. */
  readonly maxLength?: number | false | undefined;
  /**
   * How the sentences of the first column must begin; `false` for any. Default: {@link tutorialPrefixes} for the tutorial's
   * pairs, `false` for a file of one's own.
   */
  readonly prefixes?: readonly string[] | false | undefined;
}

/**
 * The tutorial's `prepareData`: turns pairs as they stand in the file (first column to second) into those to train on:
 * normalised, in the wanted direction, filtered. Pairs of which normalising leaves a side empty are dropped.
 *
 * @example
 * ```ts
 * const pairs = preparePairs(parsePairs(contents).pairs); // French to English, 11,445 pairs
 * const other = preparePairs(parsePairs(contents).pairs, { reverse: false, prefixes: false, maxLength: 20 });
 * ```
 */
export function preparePairs(pairs: readonly TranslationPair[], options: PreparePairsOptions = {}): TranslationPair[] {
  const {
    reverse = true,
    normalize = (text) => normalizeString(text),
    maxLength = 10,
    prefixes = tutorialPrefixes,
  } = options;
  const normalized = normalize
    ? pairs.map(({ source, target }) => ({ source: normalize(source), target: normalize(target) }))
    : pairs;
  const whole = normalized.filter(({ source, target }) => source !== '' && target !== '');
  return filterPairs(reverse ? swapPairs(whole) : whole, {
    maxLength: maxLength === false ? undefined : maxLength,
    prefixes: prefixes === false ? undefined : prefixes,
    prefixSide: reverse ? 'target' : 'source',
  });
}

import { DataError } from '../dataError.ts';
import type { TranslationPair } from './translationPair.ts';

/** How the English sentences begin that the PyTorch tutorial keeps, so that it trains in minutes. */
export const tutorialPrefixes: readonly string[] = [
  'i am ',
  'i m ',
  'he is',
  'he s ',
  'she is',
  'she s ',
  'you are',
  'you re ',
  'we are',
  'we re ',
  'they are',
  'they re ',
];

export interface PairFilter {
  /** Both sentences must have fewer words than this (the tutorial's `MAX_LENGTH`, 10, leaves room for `EOS`). Default: any number. */
  readonly maxLength?: number | undefined;
  /** One of the sentences must begin with one of these. Default: all may pass. */
  readonly prefixes?: readonly string[] | undefined;
  /** Which of them. Default: `'target'`, as where one translates into English. */
  readonly prefixSide?: 'source' | 'target' | undefined;
}

/**
 * Keeps the pairs that are short and begin in a certain way: the tutorial's `filterPairs`. Words are what stands between
 * spaces, so that sentences are to be normalised before.
 *
 * @example
 * ```ts
 * filterPairs(pairs, { maxLength: 10, prefixes: tutorialPrefixes });
 * ```
 */
export function filterPairs(pairs: readonly TranslationPair[], filter: PairFilter): TranslationPair[] {
  const { maxLength = Number.POSITIVE_INFINITY, prefixes, prefixSide = 'target' } = filter;
  if (!(maxLength >= 2)) {
    throw new DataError(
      'bad-argument',
      `expected maxLength to be at least 2, so that one word passes, got ${maxLength}`,
    );
  }
  const isShort = (sentence: string) => sentence.split(' ').length < maxLength;
  return pairs.filter(
    (pair) =>
      isShort(pair.source) &&
      isShort(pair.target) &&
      (prefixes?.some((prefix) => pair[prefixSide].startsWith(prefix)) ?? true),
  );
}

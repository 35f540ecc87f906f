import type { Generator } from '@flambeau/core';
import type { TranslationPair } from '../translation/translationPair.ts';

/** A sequence-to-sequence task whose examples are made, not collected. */
export interface SyntheticTask {
  /** As in `reverse`. */
  readonly name: string;
  /** What a sequence consists of: words between spaces, or single characters. */
  readonly tokens: 'words' | 'characters';
  /** Draws an example. */
  sample(generator: Generator): TranslationPair;
  /**
   * What decides to which split an example belongs: two examples with one identity are never in two splits. For sequences it
   * is the source, for dates the day, in whatever form it is written.
   */
  identityOf(pair: TranslationPair): string;
}

/** A whole number of `low` to `high`, both included. */
export function drawBetween(generator: Generator, low: number, high: number): number {
  return low + (generator.random32() % (high - low + 1));
}

/** One of `items`. */
export function drawFrom<T>(generator: Generator, items: readonly T[]): T {
  return items[generator.random32() % items.length];
}

/** True with probability `p`. */
export function drawTrue(generator: Generator, p: number): boolean {
  return generator.random32() < p * 2 ** 32;
}

import { Generator } from '@flambeau/core/random';
import { DataError } from '../dataError.ts';
import type { TranslationPair } from './translationPair.ts';

export interface PairSplitOptions {
  /** The part of the pairs to choose a model by. Default: 0.1. */
  readonly valid?: number | undefined;
  /** The part of the pairs to judge it by. Default: 0.1. */
  readonly test?: number | undefined;
  /** The same seed makes the same split of the same pairs. Default: 0. */
  readonly seed?: number | bigint | undefined;
}

export interface PairSplits {
  readonly train: TranslationPair[];
  readonly valid: TranslationPair[];
  readonly test: TranslationPair[];
}

/**
 * Splits pairs so that no source sentence is in two parts: a sentence that occurs with several translations goes with all of
 * them, or a model would be judged on sentences that it was trained on (the tutorial's 11,445 pairs have 10,689 French sentences).
 *
 * Sources are drawn in the order of PyTorch's `randperm` after `manual_seed(seed)`, over the sources in the order in which
 * they first occur: first for `test` until it has its part, then for `valid`; the rest is `train`. Each part keeps the pairs'
 * order.
 *
 * @throws {DataError} `bad-argument` if a part is no number of 0 to 1, or there are too few sources for all three
 */
export function splitPairs(pairs: readonly TranslationPair[], options: PairSplitOptions = {}): PairSplits {
  const { valid = 0.1, test = 0.1, seed = 0 } = options;
  for (const part of [valid, test, valid + test]) {
    if (!(part >= 0 && part < 1)) {
      throw new DataError('bad-argument', `expected valid and test to be parts of 1, got ${valid} and ${test}`);
    }
  }
  const counts = new Map<string, number>();
  for (const { source } of pairs) counts.set(source, (counts.get(source) ?? 0) + 1);
  const sources = [...counts.keys()];
  const order = new Generator().manualSeed(seed).randperm(sources.length);
  let at = 0;
  const draw = (part: number): Set<string> => {
    const drawn = new Set<string>();
    const wanted = part === 0 ? 0 : Math.max(1, Math.round(part * pairs.length));
    for (let taken = 0; taken < wanted && at < order.length; at++) {
      const source = sources[order[at]];
      drawn.add(source);
      taken += counts.get(source) as number;
    }
    return drawn;
  };
  const testSources = draw(test);
  const validSources = draw(valid);
  if (at >= order.length) {
    throw new DataError(
      'bad-argument',
      `expected enough source sentences to split into train, valid and test, got ${sources.length}`,
    );
  }
  return {
    train: pairs.filter(({ source }) => !testSources.has(source) && !validSources.has(source)),
    valid: pairs.filter(({ source }) => validSources.has(source)),
    test: pairs.filter(({ source }) => testSources.has(source)),
  };
}

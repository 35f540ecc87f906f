import type { Explanation, NgramEvidence } from './explanation.ts';

/** An n-gram with all that it adds to the logit, whatever filter or branch has found it, however often. */
export interface DecisiveNgram {
  readonly ngram: string;
  readonly contribution: number;
  readonly branches: readonly NgramEvidence['branch'][];
}

/**
 * The n-grams that decided, the strongest first.
 *
 * @param limit - how many at most. Default 10.
 *
 * @example
 * ```ts
 * decisiveNgrams(await classifier.explain('Not a good film.'), 3); // not a good, …
 * ```
 */
export function decisiveNgrams({ ngrams }: Pick<Explanation, 'ngrams'>, limit = 10): DecisiveNgram[] {
  const sums = new Map<string, { contribution: number; branches: Set<NgramEvidence['branch']> }>();
  for (const { ngram, contribution, branch } of ngrams) {
    const sum = sums.get(ngram) ?? { contribution: 0, branches: new Set() };
    sum.contribution += contribution;
    sum.branches.add(branch);
    sums.set(ngram, sum);
  }
  return [...sums]
    .map(([ngram, { contribution, branches }]) => ({ ngram, contribution, branches: [...branches].sort() }))
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution))
    .slice(0, limit);
}

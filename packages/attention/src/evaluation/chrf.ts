import { checkReferences } from './references.ts';
import { splitWords } from './whitespace.ts';

export interface ChrfOptions {
  /** The longest n-grams of characters. Default 6. */
  readonly charOrder?: number;
  /** The longest n-grams of words; 2 makes it chrF++. Default 0. */
  readonly wordOrder?: number;
  /** How many times as much recall counts as precision. Default 2. */
  readonly beta?: number;
  /** Whether capitals count as small letters. Default false. */
  readonly lowercase?: boolean;
}

/** For one order: n-grams of the hypothesis, of the reference, and of both. */
type Statistics = [hypothesis: number, reference: number, both: number];
type Ngrams = ReadonlyMap<string, number>;

/**
 * chrF of translations against one or more references each, by sacrebleu's definition: the F-score of n-grams of
 * characters, white space left out, averaged over their orders. Kinder than BLEU to a wrong ending, and as apt for short sentences.
 *
 * chrFβ = 100 · (1 + β²) · P · R / (β² · P + R)
 *
 * @param hypotheses - what was translated, as plain text.
 * @param references - for each of them its own references; the one counts that it agrees with best.
 * @throws RangeError if there is not a list of references for each hypothesis, or one is empty.
 *
 * @example
 * ```ts
 * corpusChrf(['the cat sat on a mat'], [['the cat sat on the mat']]); // 65.98
 * ```
 *
 * Source: M. Popović, "chrF: character n-gram F-score for automatic MT evaluation", WMT 2015; sacrebleu 2.
 */
export function corpusChrf(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: ChrfOptions = {},
): number {
  checkReferences('corpusChrf', hypotheses, references);
  const { charOrder = 6, wordOrder = 0, beta = 2 } = options;
  const sums = Array.from({ length: charOrder + wordOrder }, (): Statistics => [0, 0, 0]);
  hypotheses.forEach((hypothesis, index) => {
    const written = allNgrams(hypothesis, options);
    let best: Statistics[] = [];
    let bestScore = -1;
    for (const reference of references[index]!) {
      const statistics = allNgrams(reference, options).map((ngrams, order) => compare(written[order]!, ngrams));
      const score = fScore(statistics, beta);
      if (score > bestScore) [best, bestScore] = [statistics, score];
    }
    best.forEach((statistics, order) => {
      for (const part of [0, 1, 2] as const) sums[order]![part] += statistics[part];
    });
  });
  return fScore(sums, beta);
}

function allNgrams(text: string, { charOrder = 6, wordOrder = 0, lowercase = false }: ChrfOptions): Ngrams[] {
  const words = splitWords(lowercase ? text.toLowerCase() : text);
  const characters = [...words.join('')];
  const orders = (longest: number, pieces: readonly string[], between: string) =>
    Array.from({ length: longest }, (_, order) => ngramsOf(pieces, order + 1, between));
  return [
    ...orders(charOrder, characters, ''),
    ...orders(wordOrder, wordOrder > 0 ? splitPunctuation(words) : [], ' '),
  ];
}

function ngramsOf(pieces: readonly string[], order: number, between: string): Ngrams {
  const ngrams = new Map<string, number>();
  for (let at = 0; at + order <= pieces.length; at++) {
    const ngram = pieces.slice(at, at + order).join(between);
    ngrams.set(ngram, (ngrams.get(ngram) ?? 0) + 1);
  }
  return ngrams;
}

const PUNCTUATION = new Set('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~');

/** One mark at the end of a word, or else at its beginning, stands alone: `(hi)` becomes `(hi` and `)`, as in the original. */
function splitPunctuation(words: readonly string[]): string[] {
  return words.flatMap((word) => {
    const characters = [...word];
    if (characters.length === 1) return [word];
    const [first, last] = [characters[0]!, characters.at(-1)!];
    if (PUNCTUATION.has(last)) return [characters.slice(0, -1).join(''), last];
    return PUNCTUATION.has(first) ? [first, characters.slice(1).join('')] : [word];
  });
}

function compare(hypothesis: Ngrams, reference: Ngrams): Statistics {
  let [written, expected, both] = [0, 0, 0];
  for (const [ngram, count] of hypothesis) {
    written += count;
    both += Math.min(count, reference.get(ngram) ?? 0);
  }
  for (const count of reference.values()) expected += count;
  // What the reference is too short to have is not held against the hypothesis.
  return [expected > 0 ? written : 0, expected, both];
}

function fScore(statistics: readonly Statistics[], beta: number): number {
  const there = statistics.filter(([written, expected]) => written > 0 && expected > 0);
  if (there.length === 0) return 0;
  const mean = (share: (statistics: Statistics) => number) =>
    there.reduce((sum, statistics) => sum + share(statistics), 0) / there.length;
  const precision = mean(([written, , both]) => both / written);
  const recall = mean(([, expected, both]) => both / expected);
  if (precision + recall === 0) return 0;
  return (100 * (1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall);
}

import { type BleuTokenizer, bleuTokenizers } from './bleuTokenizers.ts';
import { checkReferences } from './references.ts';
import { trimRight } from './whitespace.ts';

/** What is done where no n-gram of an order agrees; see {@link corpusBleu}. */
export type BleuSmoothing = 'exp' | 'floor' | 'add-k' | 'none';

export interface BleuOptions {
  /** Default `'13a'`. */
  readonly tokenize?: BleuTokenizer;
  /** Whether capitals count as small letters. Default false. */
  readonly lowercase?: boolean;
  /** Default `'exp'`. */
  readonly smoothing?: BleuSmoothing;
  /** The number that `floor` (default 0.1) and `add-k` (default 1) work with. */
  readonly smoothingValue?: number;
  /** The longest n-grams. Default 4. */
  readonly maxOrder?: number;
  /** Leave out the orders that the hypotheses are too short for: for single sentences. Default false. */
  readonly effectiveOrder?: boolean;
}

export interface BleuScore {
  /** 0 to 100. */
  readonly score: number;
  /** For each order, the share of the hypotheses' n-grams that a reference has, smoothed, 0 to 100. */
  readonly precisions: readonly number[];
  readonly brevityPenalty: number;
  /** For each order, how many n-grams agree, and how many there are. */
  readonly counts: readonly number[];
  readonly totals: readonly number[];
  /** Words of the hypotheses, and of those references that are closest in length. */
  readonly hypothesisLength: number;
  readonly referenceLength: number;
  /** How it was computed, in sacrebleu's words, to be reported beside the score: `nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp`. */
  readonly signature: string;
}

const defaultValue: Readonly<Record<BleuSmoothing, number>> = { exp: 0, none: 0, floor: 0.1, 'add-k': 1 };

/**
 * BLEU of translations against one or more references each, by sacrebleu's definition:
 *
 * BLEU = BP · exp(Σₙ log pₙ / N), pₙ = matching n-grams / n-grams of the hypotheses, BP = min(1, exp(1 − r/c)),
 *
 * over the corpus: counts and lengths are summed before they are divided. A hypothesis's n-gram matches as often as it stands
 * in that reference which has it most often; r sums the reference lengths closest to the hypotheses' (the shorter of two).
 *
 * Smoothing, where an order has no match: `exp` takes 1/2, 1/4, … matches, `floor` takes `smoothingValue`, `add-k` adds it to
 * counts and totals of all orders above 1, `none` leaves 0.
 *
 * @param hypotheses - what was translated, as plain text.
 * @param references - for each of them its own references. (sacrebleu wants the first reference of all of them, then the second.)
 * @throws RangeError if there is not a list of references for each hypothesis, or one is empty.
 *
 * @example
 * ```ts
 * corpusBleu(['the cat sat on a mat'], [['the cat sat on the mat']]).score; // 53.73
 * ```
 *
 * Source: K. Papineni et al., "BLEU: a Method for Automatic Evaluation of Machine Translation", ACL 2002; M. Post, "A Call for
 * Clarity in Reporting BLEU Scores", WMT 2018 (sacrebleu 2); smoothing: B. Chen, C. Cherry, WMT 2014.
 */
export function corpusBleu(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: BleuOptions = {},
): BleuScore {
  const { tokenize = '13a', lowercase = false, maxOrder = 4 } = options;
  checkReferences('corpusBleu', hypotheses, references);
  const words = (text: string) => bleuTokenizers[tokenize](trimRight(lowercase ? text.toLowerCase() : text));
  const counts = new Array<number>(maxOrder).fill(0);
  const totals = new Array<number>(maxOrder).fill(0);
  let hypothesisLength = 0;
  let referenceLength = 0;
  hypotheses.forEach((hypothesis, index) => {
    const written = words(hypothesis);
    const accepted = references[index]!.map(words);
    hypothesisLength += written.length;
    referenceLength += closestLength(written.length, accepted);
    for (let order = 1; order <= maxOrder; order++) {
      const most = new Map<string, number>();
      for (const reference of accepted) {
        for (const [ngram, count] of ngramsOf(reference, order)) {
          most.set(ngram, Math.max(most.get(ngram) ?? 0, count));
        }
      }
      for (const [ngram, count] of ngramsOf(written, order)) {
        totals[order - 1]! += count;
        counts[order - 1]! += Math.min(count, most.get(ngram) ?? 0);
      }
    }
  });
  const signature = signatureOf(references, options);
  return { ...scoreOf({ counts, totals, hypothesisLength, referenceLength }, options), signature };
}

/**
 * BLEU of one sentence, as sacrebleu's `sentence_bleu`: {@link corpusBleu} without the orders that it is too short for.
 *
 * @example
 * ```ts
 * sentenceBleu('he is late', ['he is late']).score; // 100, though it has no four words
 * ```
 */
export function sentenceBleu(hypothesis: string, references: readonly string[], options: BleuOptions = {}): BleuScore {
  return corpusBleu([hypothesis], [references], { effectiveOrder: true, ...options });
}

function ngramsOf(words: readonly string[], order: number): Map<string, number> {
  const ngrams = new Map<string, number>();
  for (let at = 0; at + order <= words.length; at++) {
    // Words have no spaces in them.
    const ngram = words.slice(at, at + order).join(' ');
    ngrams.set(ngram, (ngrams.get(ngram) ?? 0) + 1);
  }
  return ngrams;
}

function closestLength(length: number, references: readonly (readonly string[])[]): number {
  return references
    .map((reference) => reference.length)
    .reduce((best, other) => {
      const difference = Math.abs(other - length) - Math.abs(best - length);
      return difference < 0 || (difference === 0 && other < best) ? other : best;
    });
}

type Statistics = Pick<BleuScore, 'counts' | 'totals' | 'hypothesisLength' | 'referenceLength'>;

function scoreOf(
  { counts: matches, totals: all, hypothesisLength, referenceLength }: Statistics,
  { smoothing = 'exp', smoothingValue = defaultValue[smoothing], effectiveOrder = false }: BleuOptions,
): Omit<BleuScore, 'signature'> {
  const brevityPenalty = penaltyOf(hypothesisLength, referenceLength);
  const precisions = new Array<number>(matches.length).fill(0);
  const [counts, totals] = [[...matches], [...all]];
  const lengths = { hypothesisLength, referenceLength };
  if (!counts.some((count) => count > 0)) return { score: 0, precisions, brevityPenalty, counts, totals, ...lengths };
  let halved = 1;
  let orders = counts.length;
  for (let n = 0; n < counts.length; n++) {
    if (smoothing === 'add-k' && n > 0) {
      counts[n]! += smoothingValue;
      totals[n]! += smoothingValue;
    }
    if (totals[n] === 0) break;
    if (effectiveOrder) orders = n + 1;
    if (counts[n]! > 0) {
      precisions[n] = (100 * counts[n]!) / totals[n]!;
    } else if (smoothing === 'exp') {
      halved *= 2;
      precisions[n] = 100 / (halved * totals[n]!);
    } else if (smoothing === 'floor') {
      precisions[n] = (100 * smoothingValue) / totals[n]!;
    }
  }
  const logs = precisions.slice(0, orders).map(Math.log);
  const score = brevityPenalty * Math.exp(logs.reduce((sum, log) => sum + log, 0) / orders);
  return { score, precisions, brevityPenalty, counts, totals, ...lengths };
}

function penaltyOf(hypothesisLength: number, referenceLength: number): number {
  if (hypothesisLength >= referenceLength) return 1;
  return hypothesisLength === 0 ? 0 : Math.exp(1 - referenceLength / hypothesisLength);
}

function signatureOf(
  references: readonly (readonly string[])[],
  { tokenize = '13a', lowercase = false, effectiveOrder = false, smoothing = 'exp', smoothingValue }: BleuOptions,
): string {
  const numbers = new Set(references.map(({ length }) => length));
  const value =
    smoothing === 'floor' || smoothing === 'add-k' ? (smoothingValue ?? defaultValue[smoothing]) : undefined;
  return [
    `nrefs:${numbers.size === 1 ? [...numbers][0] : 'var'}`,
    `case:${lowercase ? 'lc' : 'mixed'}`,
    `eff:${effectiveOrder ? 'yes' : 'no'}`,
    `tok:${tokenize}`,
    `smooth:${smoothing}${value === undefined ? '' : `[${value.toFixed(2)}]`}`,
  ].join('|');
}

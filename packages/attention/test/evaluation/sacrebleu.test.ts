import { readFileSync } from 'node:fs';
import { type BleuOptions, type ChrfOptions, corpusBleu, corpusChrf, sentenceBleu } from '@flambeau/attention';
import { describe, expect, it } from 'vitest';
import { tokenize13a, tokenizeIntl } from '../../src/evaluation/bleuTokenizers.ts';

interface RecordedBleu {
  readonly options: Record<string, string | number | boolean>;
  readonly score: number;
  readonly precisions: readonly number[];
  readonly bp: number;
  readonly counts: readonly number[];
  readonly totals: readonly number[];
  readonly lengths: readonly number[];
  readonly signature: string;
}

interface Recorded {
  readonly tokenized: readonly { line: string; '13a': string; intl: string }[];
  readonly corpora: readonly {
    name: string;
    hypotheses: string[];
    references: string[][];
    bleu: RecordedBleu[];
    chrf: { options: Record<string, number | boolean>; score: number }[];
  }[];
}

const path = new URL('../golden/recordings/sacrebleu_scores.json', import.meta.url);
const { tokenized, corpora } = JSON.parse(readFileSync(path, 'utf8')) as Recorded;

const names: Readonly<Record<string, string>> = {
  smooth_method: 'smoothing',
  smooth_value: 'smoothingValue',
  effective_order: 'effectiveOrder',
  max_ngram_order: 'maxOrder',
  char_order: 'charOrder',
  word_order: 'wordOrder',
};
/** Python's options by our names. */
const renamed = (options: object) =>
  Object.fromEntries(Object.entries(options).map(([key, value]) => [names[key] ?? key, value]));

describe('tokenize13a, tokenizeIntl', () => {
  it.each(tokenized)('cut $line as sacrebleu does', ({ line, '13a': by13a, intl }) => {
    expect(tokenize13a(line).join(' ')).toBe(by13a);
    expect(tokenizeIntl(line).join(' ')).toBe(intl);
  });
});

describe.each(corpora)('on the corpus "$name"', ({ hypotheses, references, bleu, chrf }) => {
  it.each(bleu)('BLEU is that of sacrebleu with $options', (recorded) => {
    const got = corpusBleu(hypotheses, references, renamed(recorded.options) as BleuOptions);
    expect(got.score).toBeCloseTo(recorded.score, 9);
    got.precisions.forEach((precision, order) => {
      expect(precision).toBeCloseTo(recorded.precisions[order]!, 9);
    });
    expect(got.brevityPenalty).toBeCloseTo(recorded.bp, 12);
    expect([got.counts, got.totals]).toEqual([recorded.counts, recorded.totals]);
    expect([got.hypothesisLength, got.referenceLength]).toEqual(recorded.lengths);
    // An order of n-grams other than 4 is not in sacrebleu's signature either.
    expect(got.signature).toBe(recorded.signature);
  });

  it.each(chrf)('chrF is that of sacrebleu with $options', ({ options, score }) => {
    expect(corpusChrf(hypotheses, references, renamed(options) as ChrfOptions)).toBeCloseTo(score, 9);
  });
});

describe('a corpus that is none', () => {
  it('is refused', () => {
    expect(() => corpusBleu(['a', 'b'], [['a']])).toThrow(
      'corpusBleu: expected a list of references for each of 2 hypotheses, got 1',
    );
    expect(() => corpusBleu(['a', 'b'], [['a'], []])).toThrow(
      'corpusBleu: expected one or more references for hypothesis 1, got none',
    );
    expect(() => corpusChrf([], [])).toThrow('corpusChrf: expected one or more hypotheses, got none');
  });
});

describe('sentenceBleu', () => {
  it('leaves out the orders that a sentence is too short for', () => {
    expect(sentenceBleu('he is late', ['he is late']).score).toBeCloseTo(100, 9);
    expect(corpusBleu(['he is late'], [['he is late']]).score).toBe(0);
    expect(sentenceBleu('', ['he']).score).toBe(0);
  });
});

import { accuracyByLength, compareSequences, type EvaluatedSequence, evaluateSequences } from '@flambeau/attention';
import { describe, expect, it } from 'vitest';

const example = (source: string, hypothesis: string, ...references: string[]): EvaluatedSequence => {
  const words = (text: string) => (text === '' ? [] : text.split(' '));
  return { source: words(source), hypothesis: words(hypothesis), references: references.map(words) };
};

describe('compareSequences', () => {
  const compare = (hypothesis: string, ...references: string[]) => {
    const { hypothesis: written, references: expected } = example('', hypothesis, ...references);
    return compareSequences(written, expected);
  };

  it('compares place by place; what only one of them has is wrong', () => {
    expect(compare('a b c', 'a b c')).toEqual({ correct: 3, places: 3, exact: true });
    expect(compare('a x c', 'a b c')).toEqual({ correct: 2, places: 3, exact: false });
    expect(compare('a b', 'a b c')).toEqual({ correct: 2, places: 3, exact: false });
    expect(compare('a b c d', 'a b')).toEqual({ correct: 2, places: 4, exact: false });
    expect(compare('b a', 'a b')).toEqual({ correct: 0, places: 2, exact: false });
  });

  it('takes the reference that fits best', () => {
    expect(compare('a b', 'c d', 'a x', 'a b')).toEqual({ correct: 2, places: 2, exact: true });
  });

  it('knows what nothing is', () => {
    expect(compare('', '')).toEqual({ correct: 0, places: 0, exact: true });
    expect(compare('', 'a')).toEqual({ correct: 0, places: 1, exact: false });
    expect(() => compare('a')).toThrow('expected one or more references, got none');
  });
});

const examples = [
  example('1 2 3', 'a b', 'a b'),
  example('1 2 3', 'a x', 'a b'),
  example('1 2 3 4', 'a b c d', 'd c b a', 'a b c d'),
  example('1 2 3 4 5 6 7', 'a b', 'a b c d'),
];

describe('accuracyByLength', () => {
  it('counts the examples of each length of the source', () => {
    expect(accuracyByLength(examples)).toEqual([
      { from: 3, to: 3, count: 2, sequenceAccuracy: 0.5, tokenAccuracy: 0.75 },
      { from: 4, to: 4, count: 1, sequenceAccuracy: 1, tokenAccuracy: 1 },
      { from: 7, to: 7, count: 1, sequenceAccuracy: 0, tokenAccuracy: 0.5 },
    ]);
  });

  it('puts lengths together', () => {
    const buckets = accuracyByLength(examples, { bucketWidth: 5 });
    expect(buckets.map(({ from, to, count }) => [from, to, count])).toEqual([
      [0, 4, 3],
      [5, 9, 1],
    ]);
    expect(buckets[0]!.tokenAccuracy).toBe(7 / 8);
    expect(() => accuracyByLength(examples, { bucketWidth: 0 })).toThrow('expected bucketWidth to be a whole number');
  });
});

describe('evaluateSequences', () => {
  it('says all of it', () => {
    const evaluation = evaluateSequences(examples);
    expect(evaluation).toMatchObject({ count: 4, sequenceAccuracy: 0.5, tokenAccuracy: 9 / 12 });
    expect(evaluation.byLength).toEqual(accuracyByLength(examples));
    expect(evaluation.bleu.counts[0]).toBe(9);
    expect(evaluation.bleu.signature).toBe('nrefs:var|case:mixed|eff:no|tok:13a|smooth:exp');
    expect(evaluation.chrf).toBeGreaterThan(0);
  });

  it('writes characters together', () => {
    const dates = [{ source: [...'May 1'], hypothesis: [...'05-01'], references: [[...'05-01']] }];
    const { bleu, chrf } = evaluateSequences(dates, { separator: '', bleu: { tokenize: 'char' } });
    expect(bleu.score).toBeCloseTo(100, 9);
    expect(bleu.hypothesisLength).toBe(5);
    expect(chrf).toBe(100);
  });
});

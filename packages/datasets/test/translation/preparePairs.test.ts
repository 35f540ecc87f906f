import { DataError, filterPairs, groupBySource, preparePairs, swapPairs, tutorialPrefixes } from '@flambeau/datasets';
import { describe, expect, it } from 'vitest';

const words = (count: number, first = 'i m ') => first + Array.from({ length: count }, () => 'so').join(' ');
const file = [
  { source: "I'm OK.", target: 'Je vais bien.' },
  { source: 'Go.', target: 'Va !' },
  { source: '123', target: 'Cent vingt-trois' },
  { source: 'He isn’t here.', target: "Il n'est pas là." },
];

describe('preparePairs', () => {
  it("translates from French to English, as the tutorial does, and keeps the tutorial's beginnings", () => {
    expect(preparePairs(file)).toEqual([
      { source: 'je vais bien', target: 'i m ok' },
      { source: 'il n est pas la', target: 'he isn t here' },
    ]);
  });

  it('keeps the direction of the file where it is asked to, and filters by English all the same', () => {
    expect(preparePairs(file, { reverse: false })).toEqual(swapPairs(preparePairs(file)));
  });

  it('drops what normalising leaves empty, and nothing where nothing is normalised', () => {
    expect(preparePairs(file, { prefixes: false }).map(({ target }) => target)).toEqual([
      'i m ok',
      'go',
      'he isn t here',
    ]);
    expect(preparePairs(file, { normalize: false, prefixes: false, maxLength: false, reverse: false })).toEqual(file);
  });
});

describe('filterPairs', () => {
  it('keeps sentences of fewer words than maxLength', () => {
    const pairs = [7, 8].flatMap((count) => [
      { source: words(count, ''), target: words(3) },
      { source: 'ca va', target: words(count) },
    ]);
    // 7 words; "i m" and 7 words; 8 words. "i m" and 8 words are 10.
    expect(filterPairs(pairs, { maxLength: 10 })).toEqual(pairs.slice(0, 3));
  });

  it('looks at the side that it is told', () => {
    const pair = { source: 'you are late', target: 'tu es en retard' };
    expect(filterPairs([pair], { prefixes: tutorialPrefixes })).toEqual([]);
    expect(filterPairs([pair], { prefixes: tutorialPrefixes, prefixSide: 'source' })).toEqual([pair]);
  });

  it.each([1, 0, -3, Number.NaN])('refuses a maxLength of %s, which no sentence has', (maxLength) => {
    expect(() => filterPairs([], { maxLength })).toThrow(DataError);
  });
});

describe('groupBySource', () => {
  it('gathers the distinct translations of each sentence', () => {
    const pairs = ['a1', 'b1', 'a2', 'a1'].map(([source, target]) => ({ source, target }));
    expect(groupBySource(pairs)).toEqual([
      { source: 'a', references: ['1', '2'] },
      { source: 'b', references: ['1'] },
    ]);
  });
});

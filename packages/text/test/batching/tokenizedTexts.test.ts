import { describe, expect, it } from 'vitest';
import { buildVocab, englishTokenizer, TokenizedTexts, whitespaceTokenizer } from '../../src/index.ts';

const texts = ['A fine film.', '', 'A film, a film!', 'supercalifragilistic '.repeat(3)];

describe('tokenized texts', () => {
  const tokenized = TokenizedTexts.of(texts, englishTokenizer);

  it('hold the words of every text', () => {
    expect(Array.from(texts, (_, i) => tokenized.tokens(i))).toEqual(texts.map(englishTokenizer));
    expect(new Set(tokenized.types).size).toBe(tokenized.types.length);
  });

  it('grow as needed', () => {
    const long = Array.from({ length: 300 }, (_, i) => `w${i} `.repeat(500));
    const held = TokenizedTexts.of(long, whitespaceTokenizer);
    expect(held.ids.length).toBe(150_000);
    expect(held.tokens(299)).toEqual(Array.from({ length: 500 }, () => 'w299'));
  });

  it('are chosen from, in any order', () => {
    const chosen = tokenized.select([2, 0, 2]);
    expect([0, 1, 2].map((i) => chosen.tokens(i).join(' '))).toEqual([
      'a film , a film !',
      'a fine film .',
      'a film , a film !',
    ]);
  });

  it('give the same vocabulary as their words, those of a selection only', () => {
    expect(tokenized.buildVocab().getItos()).toEqual(buildVocab(texts.map(englishTokenizer)).getItos());
    expect(tokenized.select([0]).buildVocab().getItos()).toEqual(['<unk>', '<pad>', '.', 'a', 'film', 'fine']);
  });
});

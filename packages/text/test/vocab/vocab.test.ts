import { describe, expect, it } from 'vitest';
import { buildVocab, englishTokenizer, TextError, Vocab, vocabOfCounts } from '../../src/index.ts';

const texts = ['a fine film', 'a film', 'a b'].map((text) => text.split(' '));

describe('a vocabulary', () => {
  it('orders words by frequency, then by code points, after the specials', () => {
    expect(buildVocab(texts).getItos()).toEqual(['<unk>', '<pad>', 'a', 'film', 'b', 'fine']);
  });

  it('orders ties as Python does, beyond the basic plane too', () => {
    const counts = new Map(['\u{1f600}', '\uff5e', 'é', 'z', 'a', 'ab'].map((word) => [word, 1]));
    const { getItos } = { getItos: () => vocabOfCounts(counts, { specials: [] }).getItos() };
    // sorted(…) in Python: by code point, so U+FF5E comes before U+1F600.
    expect(getItos()).toEqual(['a', 'ab', 'z', 'é', '\uff5e', '\u{1f600}']);
  });

  it('is the same whatever the order of the texts', () => {
    expect(buildVocab([...texts].reverse()).getItos()).toEqual(buildVocab(texts).getItos());
  });

  it.each([
    [{ maxTokens: 4 }, ['<unk>', '<pad>', 'a', 'film']],
    [{ minFreq: 2 }, ['<unk>', '<pad>', 'a', 'film']],
    [{ minFreq: 2, specialFirst: false }, ['a', 'film', '<unk>', '<pad>']],
    [{ specials: ['<s>', 'film'] }, ['<s>', 'film', 'a', 'b', 'fine']],
    [{ maxTokens: 2 }, ['<unk>', '<pad>']],
  ])('is limited by %o', (options, expected) => {
    expect(buildVocab(texts, options).getItos()).toEqual(expected);
  });

  it('encodes, unknown words as <unk>, and decodes without padding', () => {
    const vocab = buildVocab(texts);
    expect([...vocab.encode(['a', 'dull', 'film'])]).toEqual([2, 0, 3]);
    expect(vocab.decode([2, 0, 3, 1, 1])).toEqual(['a', '<unk>', 'film']);
    expect([vocab.length, vocab.unkIndex, vocab.padIndex, vocab.defaultIndex]).toEqual([6, 0, 1, 0]);
    expect([vocab.has('film'), vocab.has('dull'), vocab.has('constructor')]).toEqual([true, false, false]);
    expect(vocab.lookupTokens(vocab.lookupIndices(['fine', 'b']))).toEqual(['fine', 'b']);
    expect(vocab.getStoi().get('film')).toBe(3);
  });

  it('knows every word of its texts, and gives each text back', () => {
    const samples = ["It's 7/10 😀 — naïve!", 'no __proto__ here, constructor'].map(englishTokenizer);
    const vocab = buildVocab(samples);
    for (const tokens of samples) expect(vocab.decode(vocab.encode(tokens))).toEqual(tokens);
  });

  it.each([
    [() => new Vocab(['a', 'b', 'a']), 'the vocabulary has "a" twice, at 0 and 2'],
    [() => new Vocab(['a'], { defaultIndex: 1 }), 'expected a default index below 1, got 1'],
    [() => new Vocab(['a']).lookupIndex('b'), 'the vocabulary has no "b", and no default for words that it lacks'],
    [() => new Vocab(['a']).lookupToken(-1), "expected a word's number below 1, got -1"],
    [() => new Vocab(['a']).lookupToken(0.5), "expected a word's number below 1, got 0.5"],
    [() => buildVocab(texts, { maxTokens: 1 }), 'expected maxTokens of at least 2, the specials, got 1'],
    [() => buildVocab(texts, { minFreq: 0 }), 'expected minFreq of at least 1, got 0'],
  ])('refuses in one sentence', (f, message) => {
    expect(f).toThrow(TextError);
    expect(f).toThrow(message);
  });
});

import { describe, expect, it } from 'vitest';
import { Vocabulary, VocabularyError } from '../../src/index.ts';

const sentences = [
  ['je', 'suis', 'pret'],
  ['je', 'suis', 'la'],
];

describe('a vocabulary', () => {
  it('numbers words in the order in which they came, after its special ones', () => {
    const vocabulary = Vocabulary.of(sentences);
    expect(vocabulary.words).toEqual(['<sos>', '<eos>', '<unk>', 'je', 'suis', 'pret', 'la']);
    expect(vocabulary.encode(['la', 'je', 'xyzzy'])).toEqual([6, 3, 2]);
    expect(vocabulary.decode([6, 3, 2, 1, 5])).toEqual(['la', 'je', '<unk>']);
  });

  it("is the tutorial's without a token for unknown words, which are left out and told", () => {
    const vocabulary = Vocabulary.of(sentences, { unknown: false });
    expect([vocabulary.unk, vocabulary.size]).toEqual([null, 6]);
    expect(vocabulary.encode(['xyzzy', 'je', 'plugh', 'xyzzy'])).toEqual([2]);
    expect(vocabulary.unknownWords(['xyzzy', 'je', 'plugh', 'xyzzy'])).toEqual(['xyzzy', 'plugh']);
  });

  it('leaves out rare words', () => {
    expect(Vocabulary.of(sentences, { minCount: 2 }).words.slice(3)).toEqual(['je', 'suis']);
    expect(Vocabulary.of(sentences, { maxSize: 3 }).words.slice(3)).toEqual(['je', 'suis', 'pret']);
  });

  it('does not take a word for a special one', () => {
    const vocabulary = Vocabulary.of([['<eos>', 'a', '__proto__', 'constructor']]);
    expect(vocabulary.words).toEqual(['<sos>', '<eos>', '<unk>', 'a', '__proto__', 'constructor']);
    expect(vocabulary.encode(['toString'])).toEqual([2]);
  });

  it('comes back from JSON as it was', () => {
    const vocabulary = Vocabulary.of(sentences, { unknown: false });
    const again = Vocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)));
    expect(again).toEqual(vocabulary);
    expect(again.fingerprint).toBe(vocabulary.fingerprint);
  });

  it('tells another of the same size by its fingerprint', () => {
    expect(Vocabulary.of([['a', 'b']]).fingerprint).not.toBe(Vocabulary.of([['b', 'a']]).fingerprint);
    expect(Vocabulary.of([['a', 'b']]).fingerprint).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each([
    [null, 'expected format'],
    [{ format: 'flambeau-vocabulary', version: 2 }, 'version 1'],
    [{ words: ['<sos>', '<eos>', 1], unknown: false }, 'expected "words" to be a list of strings'],
    [{ words: ['<sos>', '<eos>'] }, '"unknown"'],
    [{ words: ['a', 'b'], unknown: false }, 'expected the first words to be <sos>, <eos>'],
    [{ words: ['<sos>', '<eos>', 'a', 'a'], unknown: false }, '"a" stands in it twice'],
  ])('refuses %j', (file, message) => {
    const json = file && { format: 'flambeau-vocabulary', version: 1, ...file };
    expect(() => Vocabulary.fromJSON(json)).toThrow(VocabularyError);
    expect(() => Vocabulary.fromJSON(json)).toThrow(message);
  });
});

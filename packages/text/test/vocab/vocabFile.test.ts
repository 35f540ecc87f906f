import { describe, expect, it } from 'vitest';
import { buildVocab, parseVocab, serializeVocab, TextError, Vocab } from '../../src/index.ts';

const vocab = buildVocab([['a', 'fine', 'film', '"', '\\', '\n', '😀', '{']]);

describe('a vocabulary in a file', () => {
  it('comes back as it was', () => {
    const again = parseVocab(serializeVocab(vocab));
    expect([again.getItos(), again.defaultIndex]).toEqual([vocab.getItos(), vocab.defaultIndex]);
    expect(parseVocab(serializeVocab(new Vocab(['a'], { defaultIndex: null }))).defaultIndex).toBeNull();
  });

  it('may be a list of one word a line', () => {
    const list = parseVocab('<unk>\r\n<pad>\nfilm\n');
    expect([list.getItos(), list.defaultIndex]).toEqual([['<unk>', '<pad>', 'film'], 0]);
  });

  it.each([
    ['', 'the vocabulary is empty'],
    ['a\n\nb\n', 'the vocabulary is damaged: line 2 is empty'],
    ['a\nb\na\n', 'the vocabulary has "a" twice, at 0 and 2'],
    ['{}', 'the vocabulary is damaged: expected "tokens", a list of words'],
    ['{"tokens":[1],"defaultIndex":0}', 'the vocabulary is damaged: expected "tokens", a list of words'],
    ['{"tokens":"ab","defaultIndex":0}', 'the vocabulary is damaged: expected "tokens", a list of words'],
    ['{"tokens":["a"]}', 'the vocabulary is damaged: expected "defaultIndex", a number or null'],
    ['{"tokens":["a"],"defaultIndex":3}', 'expected a default index below 1, got 3'],
    ['{"tokens":["a"],"defaultIndex":0.5}', 'expected a default index below 1, got 0.5'],
  ])('is refused if damaged: %j', (text, message) => {
    expect(() => parseVocab(text)).toThrow(TextError);
    expect(() => parseVocab(text)).toThrow(message);
  });

  it('is refused wherever it is cut off', () => {
    const whole = serializeVocab(vocab).trimEnd();
    for (let end = 1; end < whole.length; end++)
      expect(() => parseVocab(whole.slice(0, end)), `${end}`).toThrow(TextError);
  });
});

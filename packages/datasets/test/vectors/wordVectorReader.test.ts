import { DataError, type WordVectorOptions, WordVectorReader, type WordVectors } from '@flambeau/datasets';
import { describe, expect, it } from 'vitest';

const text = ['the 0.25 -1.5 2', 'film 1e-3 -2.5E+2 .5', 'flim 7 8 9', ''].join('\n');

/** Reads `text` in pieces of `step` bytes. */
function read(contents: string | Uint8Array, options: WordVectorOptions = {}, step = 1 << 16): WordVectors {
  const bytes = typeof contents === 'string' ? new TextEncoder().encode(contents) : contents;
  const reader = new WordVectorReader('vectors.txt', options);
  for (let at = 0; at < bytes.length; at += step) reader.push(bytes.subarray(at, at + step));
  return reader.finish();
}

function problem(contents: string | Uint8Array, options: WordVectorOptions = {}): string {
  try {
    read(contents, options);
  } catch (error) {
    if (error instanceof DataError && error.code !== 'bad-argument') return error.message;
    throw error;
  }
  throw new Error('expected a DataError');
}

describe('word vectors', () => {
  it('are read with signs, exponents and bare points, in the file’s order', () => {
    const vectors = read(text);
    expect(vectors.words).toEqual(['the', 'film', 'flim']);
    expect(vectors.dimension).toBe(3);
    expect(vectors.vectors).toEqual(Float32Array.of(0.25, -1.5, 2, 1e-3, -250, 0.5, 7, 8, 9));
    expect(vectors.get('film')).toEqual(Float32Array.of(1e-3, -250, 0.5));
    expect(vectors.get('nothing')).toBeUndefined();
  });

  it('come out the same however the file is cut into pieces', () => {
    const accents = `café 1 2\n☺ 3 4\n`;
    for (const step of [1, 2, 3, 5, 7, 11]) {
      expect(read(text, {}, step)).toEqual(read(text));
      expect(read(accents, {}, step).words).toEqual(['café', '☺']);
    }
  });

  it('are kept for the wanted words only, and the missing ones are named', () => {
    const vectors = read(text, { words: ['flim', 'unknown', 'the', 'the'] });
    expect(vectors.words).toEqual(['the', 'flim']);
    expect(vectors.missing).toEqual(['unknown']);
    expect(vectors.vectors).toHaveLength(6);
    expect([vectors.length, vectors.wordsInFile, vectors.has('film')]).toEqual([2, 3, false]);
  });

  it('are kept for the first words too, where asked', () => {
    expect(read(text, { first: 2 }).words).toEqual(['the', 'film']);
    expect(read(text, { first: 1, words: ['flim'] }).words).toEqual(['the', 'flim']);
    expect(read(text, { words: [] }).words).toEqual([]);
  });

  it('may end without a line’s end, with carriage returns, and with spaces', () => {
    expect(read('a 1 2\r\nb 3 4 \r\nc 5 6').vectors).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
  });

  it('may belong to words with spaces in them, as long as those are no numbers', () => {
    expect(read('a 1 2\n. . . 3 4\nat name@domain.com 5 6\n').words).toEqual(['a', '. . .', 'at name@domain.com']);
  });

  it('count once where a word stands twice: the first', () => {
    expect(read('a 1\nb 2\na 3\n').vectors).toEqual(Float32Array.of(1, 2));
  });

  it('may have a heading, as fastText’s have', () => {
    const vectors = read('2 3\na 1 2 3\nb 4 5 6\n', { dimension: 3 });
    expect(vectors.words).toEqual(['a', 'b']);
    expect(problem('3 3\na 1 2 3\nb 4 5 6\n')).toBe(
      'vectors.txt is truncated: its first line promises 3 words, it holds 2',
    );
  });

  it('may have one number a word, of any name', () => {
    expect(read('1e5 0.5\n7 8\n').words).toEqual(['1e5', '7']);
  });
});

describe('a malformed file is refused with the line’s number', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['too few numbers', 'a 1 2\nb 3\n', 'line 2: expected a word and 2 numbers, got 1 of them'],
    ['too many numbers', 'a 1 2\nb 3 4\nc 5 6 7\n', 'line 3: expected a word and 2 numbers, got 3 of them'],
    ['an empty line', 'a 1 2\n\nb 3 4\n', 'line 2: it is empty, expected a word and 2 numbers'],
    ['a word alone', 'a\n', 'line 1: expected a word and its numbers, with spaces between them'],
    ['tabs', 'a\t1\t2\n', 'line 1: expected a word and its numbers, with spaces between them'],
    ['no word', 'a 1 2\n 3 4\n', 'line 2: its word is empty'],
    ['words for numbers', 'a 1 2\nb 3 x4\n', 'line 2: "x4" is no number, expected 2 of them'],
    ['an empty number', 'a 1 2\nb  3\n', 'line 2: "" is no number, expected 2 of them'],
    ['a hexadecimal number', 'a 1 0x10\n', 'line 1: "0x10" is no number, expected 2 of them'],
    ['infinity', 'a 1 Infinity\n', 'line 1: "Infinity" is no number, expected 2 of them'],
    ['NaN', 'a 1 nan\n', 'line 1: "nan" is no number, expected 2 of them'],
    ['a number beyond float32', 'a 1 1e39\n', 'line 1: "1e39" is no number, expected 2 of them'],
    ['bytes that are not UTF-8', Uint8Array.of(97, 32, 49, 10, 0xff, 32, 49, 10), 'line 2: it is not UTF-8'],
    ['a null byte in a number', 'a 1 2\nb 3 4\0\n', 'line 2: "4\0" is no number, expected 2 of them'],
  ])('with %s', (_, contents, message) => {
    expect(problem(contents)).toBe(`vectors.txt is malformed in ${message}`);
  });

  it('of the lines that are not wanted, the form counts too', () => {
    expect(problem('a 1 2\nb 3\n', { words: ['a'] })).toContain('line 2: expected a word and 2 numbers');
  });

  it('where it has another dimension, both are named', () => {
    expect(problem('a 1 2\n', { dimension: 100 })).toBe('vectors.txt holds vectors of 2 numbers, expected 100');
    expect(problem('5 300\n', { dimension: 100 })).toBe('vectors.txt holds vectors of 300 numbers, expected 100');
  });

  it('where it is empty', () => {
    for (const contents of ['', '0 100\n'] as const) {
      expect(problem(contents)).toBe('vectors.txt holds no word vectors: expected a word and its numbers on each line');
    }
  });

  it('where a line has no end', () => {
    const reader = new WordVectorReader('vectors.txt');
    const chunk = new Uint8Array(1 << 16).fill(49);
    expect(() => {
      for (let i = 0; i < 20; i++) reader.push(chunk);
    }).toThrow('vectors.txt has a line 1 of more than 1048576 bytes');
  });

  it('and arguments that make no sense are, too', () => {
    expect(() => new WordVectorReader('x', { first: -1 })).toThrow('expected first to be a whole number');
    expect(() => new WordVectorReader('x', { dimension: 0.5 })).toThrow('expected dimension to be a whole number');
  });
});

import { DataError, WordVectorReader, type WordVectors } from '@flambeau/datasets';
import { mutateBytes } from '../mutateBytes.ts';
import { mutateText } from '../mutateText.ts';
import { agree, type FuzzTarget } from '../target.ts';

const encode = (text: string) => new TextEncoder().encode(text);

const corpus = [
  'the 0.25 -1.5 2\nfilm 1e-3 -2.5E+2 .5\nflim 7 8 9\n',
  '2 2\na 1 2\nb 3 4\n',
  'café 1\n☺ 2\n. . . 3',
  `${Array.from({ length: 40 }, (_, i) => `word${i} ${Array.from({ length: 30 }, (_, j) => i / (j + 1)).join(' ')}`).join('\n')}\n`,
].map(encode);

function read(file: Uint8Array, step: number): WordVectors {
  const reader = new WordVectorReader('vectors.txt', { words: ['the', 'film', 'a', 'word3'], first: 20 });
  for (let at = 0; at < file.length; at += step) reader.push(file.subarray(at, at + step));
  return reader.finish();
}

/** Vectors of words, as GloVe comes in. */
export const wordVectors: FuzzTarget<WordVectors> = {
  name: 'word-vectors',
  corpus,
  mutate: (file, random) =>
    random.chance(0.5) ? mutateBytes(file, random, corpus) : encode(mutateText(new TextDecoder().decode(file), random)),
  read: (file) => read(file, 1024),
  isRefusal: (error) => error instanceof DataError && error.isDamage,
  check(result, file) {
    const { words, vectors, dimension, wordsInFile } = result;
    agree(vectors.length === words.length * dimension, 'a row for each word');
    agree(vectors.every(Number.isFinite), 'numbers only');
    agree(new Set(words).size === words.length && words.length <= wordsInFile, 'each word once');
    const lines = new Set(
      new TextDecoder()
        .decode(file)
        .split('\n')
        .map((line) => line.replace(/[ \r]+$/, '')),
    );
    for (const word of words) {
      const row = [...lines].find((line) => line.startsWith(`${word} `) && line.split(' ').length > dimension);
      agree(row !== undefined, 'a word of the file');
    }
    // However it arrives.
    agree(Buffer.from(read(file, 7).vectors.buffer).equals(Buffer.from(vectors.buffer)), 'the vectors');
  },
};

import { expect, test } from 'vitest';
import { openFlambeau } from '../../src/ops/flambeau.ts';
import { textRows } from '../../src/text/rows.ts';
import { TEXT, wordsOf, zipfWords } from '../../src/text/words.ts';

const library = await openFlambeau(1);

test.each(textRows(undefined))("a step's first loss is PyTorch's after the same seed: $label", async ({ spec }) => {
  const op = library.prepare(spec)!;
  const loss = await op.digest();
  op.dispose();
  // pytorch/ops.py with the same spec.
  expect(Math.abs(loss! / 0.7195160984992981 - 1)).toBeLessThan(1e-5);
});

test('both ways of writing it, on both kinds of words', () => {
  const specs = textRows('imdb.int32').map(({ spec }) => spec);
  expect(new Set(specs.map((spec) => JSON.stringify(spec))).size).toBe(4);
});

test('words are as frequent as their ranks say, and never padding', () => {
  const words = zipfWords();
  expect(words.length).toBe(TEXT.batches * TEXT.batch * TEXT.length);
  const counts = new Int32Array(TEXT.vocabulary);
  for (const word of words) counts[word]!++;
  expect(counts.subarray(0, 2)).toEqual(new Int32Array(2));
  // Of u in [0, 1) the first ln 2 / ln 25,001 give rank 1, the next ln 1.5 / ln 25,001 rank 2.
  const share = (rank: number) => counts[rank + 1]! / words.length;
  expect(share(1)).toBeCloseTo(Math.log(2) / Math.log(TEXT.vocabulary - 1), 2);
  expect(share(2)).toBeCloseTo(Math.log(1.5) / Math.log(TEXT.vocabulary - 1), 2);
});

test('words come out of a file as they went in, wherever it lies in memory', () => {
  const bytes = new Uint8Array(16);
  bytes.set(new Uint8Array(Int32Array.of(7, -1, 25_001).buffer), 3);
  expect(wordsOf(bytes.subarray(3, 15))).toEqual(Int32Array.of(7, -1, 25_001));
});

import { fractions } from '../ops/values.ts';

/** The notes' TextCNN on IMDB; `pytorch/text_cnn.py` has the same. */
export const TEXT = {
  batch: 64,
  length: 250,
  /** 25,000 words, `<unk>` 0 and `<pad>` 1. */
  vocabulary: 25_002,
  width: 100,
  heights: [3, 4, 5],
  filters: 100,
  batches: 8,
} as const;

/**
 * Words as often as in real text: the word of rank r with a probability of 1/r (Zipf's law), r = e^(u·ln 25,001) rounded down
 * with u even in [0, 1). A batch of them has about 5,100 distinct words, one of IMDB about 2,400.
 */
export function zipfWords(): Int32Array {
  const { batch, length, vocabulary, batches } = TEXT;
  return Int32Array.from(
    fractions(batches * batch * length, 50),
    (u) => 1 + Math.floor(Math.exp(u * Math.log(vocabulary - 1))),
  );
}

/** Words as `imdbWords` writes them to a file: int32, one batch after the other. */
export function wordsOf(file: Uint8Array): Int32Array {
  return new Int32Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength));
}

import { defaultGenerator, type Generator, type HostArray, hostArray } from '@flambeau/core';
import { TextError } from '../textError.ts';
import type { Vocab } from '../vocab/vocab.ts';

/** Pretrained vectors by word: GloVe's, or a `Map`. */
export interface WordVectors {
  get(word: string): Float32Array | undefined;
}

export interface EmbeddingMatrixOptions {
  /** Numbers in a vector. */
  readonly dim: number;
  /** Words whose vector is 0. Default `<unk>` and `<pad>`. */
  readonly zeros?: readonly string[];
  /** What unknown words' vectors are drawn from. Default: the default generator. */
  readonly generator?: Generator;
}

export interface EmbeddingMatrix {
  /** float32 `[words, dim]`. */
  readonly values: HostArray<'float32'>;
  /** How many words had a vector. */
  readonly found: number;
}

/**
 * The first values of an embedding: each word's pretrained vector, N(0, 1) for words without one, and 0 for `<unk>` and
 * `<pad>`. Drawn word by word in the vocabulary's order (those that become 0 too), so that from the same seed the values
 * are those of torchtext's `build_vocab(…, vectors, unk_init=torch.Tensor.normal_)`.
 *
 * @throws {TextError} for a vector of another dimension.
 *
 * @example
 * ```ts
 * const { values } = embeddingMatrix(vocab, glove, { dim: 100 });
 * const model = new TextCnn(vocab.length, 100, { vectors: values });
 * ```
 */
export function embeddingMatrix(
  vocab: Vocab,
  vectors: WordVectors,
  { dim, zeros = ['<unk>', '<pad>'], generator = defaultGenerator }: EmbeddingMatrixOptions,
): EmbeddingMatrix {
  const values = new Float32Array(vocab.length * dim);
  let found = 0;
  vocab.getItos().forEach((word, index) => {
    const row = values.subarray(index * dim, (index + 1) * dim);
    const vector = vectors.get(word);
    if (vector === undefined) generator.normal(row);
    else {
      if (vector.length !== dim) {
        throw new TextError(`the vector of ${JSON.stringify(word)} has ${vector.length} numbers, expected ${dim}`);
      }
      row.set(vector);
      found++;
    }
    if (zeros.includes(word)) row.fill(0);
  });
  return { values: hostArray('float32', [vocab.length, dim], values), found };
}

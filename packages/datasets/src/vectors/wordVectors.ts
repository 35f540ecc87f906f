/** Vectors of words, in the order of the file that they were read from (GloVe's: the most frequent first). */
export interface WordVectorColumns {
  /** Numbers a word. */
  readonly dimension: number;
  readonly words: readonly string[];
  /** Row-major `[words, dimension]`. */
  readonly vectors: Float32Array;
  /** Those of the words that were asked for which the file does not have, in the order in which they were asked for. */
  readonly missing: readonly string[];
  /** Words of the whole file. */
  readonly wordsInFile: number;
}

/**
 * Vectors of some words, by word.
 *
 * @example
 * ```ts
 * const { vectors } = await loadGlove({ words: ['film', 'flim'] });
 * vectors.get('film'); // Float32Array(100)
 * vectors.get('flim'); // undefined
 * vectors.missing; // ['flim']
 * ```
 */
export class WordVectors implements WordVectorColumns {
  readonly dimension: number;
  readonly words: readonly string[];
  readonly vectors: Float32Array;
  readonly missing: readonly string[];
  readonly wordsInFile: number;
  readonly #rows: ReadonlyMap<string, number>;

  constructor({ dimension, words, vectors, missing, wordsInFile }: WordVectorColumns) {
    this.dimension = dimension;
    this.words = words;
    this.vectors = vectors;
    this.missing = missing;
    this.wordsInFile = wordsInFile;
    this.#rows = new Map(words.map((word, row) => [word, row]));
  }

  /** How many words have a vector here. */
  get length(): number {
    return this.words.length;
  }

  has(word: string): boolean {
    return this.#rows.has(word);
  }

  /** The vector of `word`, a view of {@link vectors}; undefined where there is none. */
  get(word: string): Float32Array | undefined {
    const row = this.#rows.get(word);
    return row === undefined ? undefined : this.vectors.subarray(row * this.dimension, (row + 1) * this.dimension);
  }
}

/** How a vocabulary is made of sentences. */
export interface VocabularyOptions {
  /** Words that come less often are left out. Default 1: none is. */
  readonly minCount?: number;
  /** At most so many words, beside the special ones: the most frequent. Default: all. */
  readonly maxSize?: number;
  /** Whether there is a token that stands for every word that is not known. Default true. */
  readonly unknown?: boolean;
}

/** A vocabulary as it stands in a JSON file. */
export interface VocabularyJson {
  readonly format: 'flambeau-vocabulary';
  readonly version: 1;
  /** Words in the order of their ids, special ones included. */
  readonly words: readonly string[];
  readonly unknown: boolean;
}

/** Thrown for a file that holds no vocabulary, and for a vocabulary that is not the model's. */
export class VocabularyError extends Error {
  override name = 'VocabularyError';
}

const SOS = '<sos>';
const EOS = '<eos>';
const UNK = '<unk>';

/**
 * Words ↔ ids of one side of a translation. `<sos>` is 0 and `<eos>` is 1, as in PyTorch's tutorial; then, if there is one,
 * `<unk>`; then the words in the order in which they first came.
 *
 * @example
 * ```ts
 * const french = Vocabulary.of(pairs.map(([words]) => words));
 * french.encode(['je', 'suis', 'xyzzy']); // [3, 4, 2]
 * french.decode([3, 4, 1]); // ['je', 'suis']
 * ```
 */
export class Vocabulary {
  readonly sos = 0;
  readonly eos = 1;
  /** The id of unknown words; null if the vocabulary has none. */
  readonly unk: number | null;
  /** Words in the order of their ids, special ones included. */
  readonly words: readonly string[];
  private readonly ids: ReadonlyMap<string, number>;

  private constructor(words: readonly string[], unknown: boolean) {
    this.words = words;
    this.unk = unknown ? 2 : null;
    this.ids = new Map(words.map((word, id) => [word, id]));
  }

  /** The vocabulary of these sentences, given as lists of words. */
  static of(sentences: Iterable<readonly string[]>, options: VocabularyOptions = {}): Vocabulary {
    const { minCount = 1, maxSize = Infinity, unknown = true } = options;
    const special = specialTokens(unknown);
    const counts = new Map<string, number>();
    for (const sentence of sentences) {
      for (const word of sentence) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    for (const token of special) counts.delete(token);
    let kept = [...counts].filter(([, count]) => count >= minCount);
    if (kept.length > maxSize) {
      const frequent = new Set([...kept].sort(([, a], [, b]) => b - a).slice(0, maxSize));
      kept = kept.filter((entry) => frequent.has(entry));
    }
    return new Vocabulary([...special, ...kept.map(([word]) => word)], unknown);
  }

  /**
   * The vocabulary of a parsed JSON file.
   *
   * @throws {VocabularyError} if it is none.
   */
  static fromJSON(json: unknown): Vocabulary {
    const { format, version, words, unknown } = (json ?? {}) as Partial<VocabularyJson>;
    const fault = (what: string) => new VocabularyError(`the file is no vocabulary: ${what}`);
    if (format !== 'flambeau-vocabulary' || version !== 1) {
      throw fault('expected format "flambeau-vocabulary", version 1');
    }
    if (typeof unknown !== 'boolean') throw fault('expected "unknown" to be true or false');
    if (!Array.isArray(words) || !words.every((word) => typeof word === 'string')) {
      throw fault('expected "words" to be a list of strings');
    }
    const special = specialTokens(unknown);
    if (special.some((token, id) => words[id] !== token)) {
      throw fault(`expected the first words to be ${special.join(', ')}`);
    }
    if (new Set(words).size !== words.length) {
      throw fault(`"${words.find((word, id) => words.indexOf(word) !== id)}" stands in it twice`);
    }
    return new Vocabulary([...words], unknown);
  }

  toJSON(): VocabularyJson {
    return { format: 'flambeau-vocabulary', version: 1, words: this.words, unknown: this.unk !== null };
  }

  /** How many words there are, special ones included. */
  get size(): number {
    return this.words.length;
  }

  has(word: string): boolean {
    return this.ids.has(word);
  }

  /**
   * The ids of words, without an end. A word that is not known becomes `<unk>`; without that token it is left out, since
   * the model has nothing for it: {@link unknownWords} tells.
   */
  encode(words: readonly string[]): number[] {
    return words.flatMap((word) => this.ids.get(word) ?? this.unk ?? []);
  }

  /** The words of ids up to the first end. */
  decode(ids: ArrayLike<number>): string[] {
    const words: string[] = [];
    for (let i = 0; i < ids.length && ids[i] !== this.eos; i++) words.push(this.wordOf(ids[i]!));
    return words;
  }

  /** The word of an id, special ones included. */
  wordOf(id: number): string {
    const word = this.words[id];
    if (word === undefined) throw new RangeError(`the vocabulary has ids 0 to ${this.size - 1}, got ${id}`);
    return word;
  }

  /** Which of the words are not known, each once. */
  unknownWords(words: readonly string[]): string[] {
    return [...new Set(words)].filter((word) => !this.ids.has(word));
  }

  /**
   * Sixteen hexadecimal digits that tell this vocabulary from others: a checkpoint keeps those of its own, so that no other
   * of the same size is taken for it. (FNV-1a of the words in UTF-8.)
   */
  get fingerprint(): string {
    let hash = 0xcbf29ce484222325n;
    for (const byte of new TextEncoder().encode(this.words.join('\n'))) {
      hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
    }
    return hash.toString(16).padStart(16, '0');
  }
}

function specialTokens(unknown: boolean): string[] {
  return unknown ? [SOS, EOS, UNK] : [SOS, EOS];
}

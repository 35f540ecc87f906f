import { TextError } from '../textError.ts';

/** The word that stands for all words without a number of their own. */
export const UNKNOWN = '<unk>';
/** What short texts are filled up with. */
export const PADDING = '<pad>';

/** Options of {@link buildVocab}, torchtext's names. */
export interface BuildVocabOptions {
  /** Words seen less often are left out. Default 1. */
  readonly minFreq?: number;
  /** How many words there are at most, `specials` included. Default: no limit. */
  readonly maxTokens?: number;
  /** Words that are there whatever the texts say. Default `<unk>` and `<pad>`. */
  readonly specials?: readonly string[];
  /** Whether the specials come first or last. Default true. */
  readonly specialFirst?: boolean;
}

/**
 * Words by number and numbers by word, as `torchtext.vocab.Vocab`.
 *
 * @example
 * ```ts
 * const vocab = buildVocab([['a', 'fine', 'film'], ['a', 'film']]);
 * vocab.encode(['a', 'dull', 'film']); // [2, 0, 3]
 * vocab.decode([2, 0, 3]); // ['a', '<unk>', 'film']
 * ```
 */
export class Vocab {
  private readonly itos: readonly string[];
  private readonly stoi: ReadonlyMap<string, number>;
  /** What a word that is not there becomes; null: such a word is refused. */
  readonly defaultIndex: number | null;

  /**
   * @param tokens - the words in the order of their numbers.
   * @param options.defaultIndex - default: that of `<unk>`, or null if there is none.
   * @throws {TextError} if a word stands twice, or `defaultIndex` is no word's number.
   */
  constructor(tokens: readonly string[], options: { readonly defaultIndex?: number | null } = {}) {
    const stoi = new Map<string, number>();
    tokens.forEach((token, index) => {
      if (stoi.has(token)) {
        throw new TextError(`the vocabulary has ${JSON.stringify(token)} twice, at ${stoi.get(token)} and ${index}`);
      }
      stoi.set(token, index);
    });
    this.itos = [...tokens];
    this.stoi = stoi;
    this.defaultIndex = options.defaultIndex === undefined ? (stoi.get(UNKNOWN) ?? null) : options.defaultIndex;
    const { defaultIndex } = this;
    if (defaultIndex !== null && !(Number.isInteger(defaultIndex) && this.isIndex(defaultIndex))) {
      throw new TextError(`expected a default index below ${tokens.length}, got ${defaultIndex}`);
    }
  }

  /** How many words there are. */
  get length(): number {
    return this.itos.length;
  }

  /** The number of `<unk>`; null if there is no such word. */
  get unkIndex(): number | null {
    return this.stoi.get(UNKNOWN) ?? null;
  }

  /** The number of `<pad>`; null if there is no such word. */
  get padIndex(): number | null {
    return this.stoi.get(PADDING) ?? null;
  }

  /** Whether a word has a number of its own. */
  has(token: string): boolean {
    return this.stoi.has(token);
  }

  /**
   * The number of a word, or {@link defaultIndex}.
   *
   * @throws {TextError} if it has none and there is no default.
   */
  lookupIndex(token: string): number {
    const index = this.stoi.get(token) ?? this.defaultIndex;
    if (index === null) {
      throw new TextError(`the vocabulary has no ${JSON.stringify(token)}, and no default for words that it lacks`);
    }
    return index;
  }

  lookupIndices(tokens: readonly string[]): number[] {
    return tokens.map((token) => this.lookupIndex(token));
  }

  /**
   * The word of a number.
   *
   * @throws {TextError} if it is no word's.
   */
  lookupToken(index: number): string {
    if (!this.isIndex(index)) throw new TextError(`expected a word's number below ${this.length}, got ${index}`);
    return this.itos[index]!;
  }

  lookupTokens(indices: ArrayLike<number>): string[] {
    return Array.from(indices, (index) => this.lookupToken(index));
  }

  /** {@link lookupIndices} as the array that a model takes. */
  encode(tokens: readonly string[]): Int32Array {
    const ids = new Int32Array(tokens.length);
    for (let i = 0; i < ids.length; i++) ids[i] = this.lookupIndex(tokens[i]!);
    return ids;
  }

  /** The words of an encoded text, without the padding at its end. */
  decode(ids: ArrayLike<number>): string[] {
    let end = ids.length;
    while (end > 0 && ids[end - 1] === this.padIndex) end--;
    return Array.from({ length: end }, (_, i) => this.lookupToken(ids[i]!));
  }

  /** All words, in the order of their numbers. */
  getItos(): string[] {
    return [...this.itos];
  }

  /** Every word's number. */
  getStoi(): Map<string, number> {
    return new Map(this.stoi);
  }

  private isIndex(index: number): boolean {
    return this.itos[index] !== undefined;
  }
}

/** Orders text by code points, as Python does; JavaScript's own order differs beyond U+FFFF. */
export function compareCodePoints(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    const surrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;
    return surrogate(x) === surrogate(y) ? x - y : surrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

/**
 * A vocabulary of the words of some texts, the most frequent first, equally frequent ones in the order of their code
 * points: `torchtext.vocab.build_vocab_from_iterator`, with `<unk>` as the default.
 *
 * @param texts - tokenized texts.
 * @throws {TextError} for a limit that has no room for the specials.
 *
 * @example
 * ```ts
 * const vocab = buildVocab(reviews.map(englishTokenizer), { maxTokens: 25_002 });
 * ```
 */
export function buildVocab(texts: Iterable<readonly string[]>, options: BuildVocabOptions = {}): Vocab {
  const counts = new Map<string, number>();
  for (const tokens of texts) for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  return vocabOfCounts(counts, options);
}

/** As {@link buildVocab}, of words that have been counted (`torchtext.vocab.vocab`). */
export function vocabOfCounts(counts: ReadonlyMap<string, number>, options: BuildVocabOptions = {}): Vocab {
  const { minFreq = 1, maxTokens = Infinity, specials = [UNKNOWN, PADDING], specialFirst = true } = options;
  if (!(minFreq >= 1)) throw new TextError(`expected minFreq of at least 1, got ${minFreq}`);
  if (!(maxTokens >= specials.length)) {
    throw new TextError(`expected maxTokens of at least ${specials.length}, the specials, got ${maxTokens}`);
  }
  const special = new Set(specials);
  const words = [...counts]
    .filter(([token, count]) => count >= minFreq && !special.has(token))
    .sort(([a, x], [b, y]) => y - x || compareCodePoints(a, b))
    .slice(0, maxTokens - special.size)
    .map(([token]) => token);
  return new Vocab(specialFirst ? [...specials, ...words] : [...words, ...specials]);
}

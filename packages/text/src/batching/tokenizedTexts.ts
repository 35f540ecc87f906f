import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { type BuildVocabOptions, type Vocab, vocabOfCounts } from '../vocab/vocab.ts';

/**
 * Tokenized texts held compactly: every word once, and each text as whole numbers. Tokenizing is done once; a
 * vocabulary, encoded texts and n-grams are then made of it.
 *
 * @example
 * ```ts
 * const tokenized = TokenizedTexts.of(reviews, englishTokenizer);
 * const vocab = tokenized.buildVocab({ maxTokens: 25_002 });
 * ```
 */
export class TokenizedTexts {
  /** Every word that occurs, in the order of its first place. */
  readonly types: readonly string[];
  /** The words of all texts one after the other, as places in {@link types}. */
  readonly ids: Int32Array;
  /** Where each text begins in {@link ids}, and at the end where the last one ends. */
  readonly starts: Int32Array;

  constructor(types: readonly string[], ids: Int32Array, starts: Int32Array) {
    this.types = types;
    this.ids = ids;
    this.starts = starts;
  }

  static of(texts: Iterable<string>, tokenizer: Tokenizer): TokenizedTexts {
    const places = new Map<string, number>();
    const types: string[] = [];
    const starts = [0];
    let ids = new Int32Array(1 << 16);
    let count = 0;
    for (const text of texts) {
      const tokens = tokenizer(text);
      if (count + tokens.length > ids.length) {
        const grown = new Int32Array(Math.max(2 * ids.length, count + tokens.length));
        grown.set(ids);
        ids = grown;
      }
      for (const token of tokens) {
        let place = places.get(token);
        if (place === undefined) {
          place = types.length;
          // A token is a slice of its text, which would keep the whole text alive.
          const own = detached(token);
          places.set(own, place);
          types.push(own);
        }
        ids[count++] = place;
      }
      starts.push(count);
    }
    return new TokenizedTexts(types, ids.slice(0, count), Int32Array.from(starts));
  }

  /** How many texts there are. */
  get length(): number {
    return this.starts.length - 1;
  }

  /** The words of one text. */
  tokens(index: number): string[] {
    return Array.from(this.ids.subarray(this.starts[index]!, this.starts[index + 1]!), (id) => this.types[id]!);
  }

  /** The texts at the given places, sharing the words. */
  select(indices: ArrayLike<number>): TokenizedTexts {
    const starts = new Int32Array(indices.length + 1);
    for (let i = 0; i < indices.length; i++) {
      starts[i + 1] = starts[i]! + this.starts[indices[i]! + 1]! - this.starts[indices[i]!]!;
    }
    const ids = new Int32Array(starts[indices.length]!);
    for (let i = 0; i < indices.length; i++) {
      ids.set(this.ids.subarray(this.starts[indices[i]!]!, this.starts[indices[i]! + 1]!), starts[i]!);
    }
    return new TokenizedTexts(this.types, ids, starts);
  }

  /** How often each word occurs. */
  counts(): Map<string, number> {
    const counts = new Int32Array(this.types.length);
    for (const id of this.ids) counts[id]!++;
    return new Map(this.types.map((token, place) => [token, counts[place]!]));
  }

  /** A vocabulary of these texts' words; {@link buildVocab} says how. */
  buildVocab(options: BuildVocabOptions = {}): Vocab {
    const counts = this.counts();
    for (const [token, count] of counts) if (count === 0) counts.delete(token);
    return vocabOfCounts(counts, options);
  }
}

/** The same text in memory of its own. */
function detached(text: string): string {
  return text.length < 13 ? text : JSON.parse(JSON.stringify(text));
}

import type { HostArray } from '@flambeau/core';
import type { Seq2Seq } from '../seq2seq/seq2seq.ts';
import { type Vocabulary, VocabularyError } from '../vocabulary/vocabulary.ts';
import { type BeamSearchOptions, beamSearch } from './beamSearch.ts';
import { DEFAULT_MAX_LENGTH, type Decoding } from './decoding.ts';
import { greedyDecode } from './greedy.ts';

/** What a {@link Translator} is made of. */
export interface TranslatorOptions {
  readonly model: Seq2Seq;
  readonly source: Vocabulary;
  readonly target: Vocabulary;
  /** How it decodes unless it is told otherwise; a beam size of 1, the default, is greedy. */
  readonly decoding?: Omit<BeamSearchOptions, 'sos' | 'eos' | 'nBest'>;
}

/** A sentence's translation. */
export interface Translation {
  /** The words that were translated, the end of the sentence included: what the columns of `attention` stand for. */
  readonly source: readonly string[];
  /** Words of the sentence that the vocabulary does not know. */
  readonly unknownWords: readonly string[];
  readonly words: readonly string[];
  /** The words and, where the translation came to its end, `<eos>`: what the rows of `attention` stand for. */
  readonly target: readonly string[];
  /** The logarithm of the translation's probability. */
  readonly logProbability: number;
  /** What it won by; see {@link BeamSearchOptions.lengthPenalty}. */
  readonly score: number;
  /** Whether it came to its end, and was not cut off. */
  readonly finished: boolean;
  /** Where the model looked while it wrote each word, `[target, source]`; null without attention or words. */
  readonly attention: HostArray<'float32'> | null;
}

/**
 * A model with its two vocabularies: words in, words out.
 *
 * @throws {VocabularyError} if a vocabulary has not as many words as the model: it belongs to another.
 *
 * @example
 * ```ts
 * const translator = new Translator({ model, source: french, target: english, decoding: { beamSize: 5 } });
 * const [{ words, attention }] = await translator.translate([['je', 'suis', 'pret']]);
 * ```
 */
export class Translator {
  readonly model: Seq2Seq;
  readonly source: Vocabulary;
  readonly target: Vocabulary;
  private readonly decoding: NonNullable<TranslatorOptions['decoding']>;

  constructor({ model, source, target, decoding = {} }: TranslatorOptions) {
    checkVocabulary('source', source, model.encoder.embedding.numEmbeddings);
    checkVocabulary('target', target, model.decoder.outputSize);
    this.model = model;
    this.source = source;
    this.target = target;
    this.decoding = decoding;
  }

  /**
   * Translates sentences, given as lists of words. A sentence of which no word is left translates to nothing.
   *
   * @param options - override those of the translator.
   */
  async translate(
    sentences: readonly (readonly string[])[],
    options: TranslatorOptions['decoding'] = {},
  ): Promise<Translation[]> {
    const decoding = { ...this.decoding, ...options };
    const encoded = sentences.map((words) => this.source.encode(words));
    const places = encoded.flatMap(({ length }, place) => (length > 0 ? [place] : []));
    const ids = places.map((place) => encoded[place]!);
    const decoded = await this.decode(ids, decoding);
    const byPlace = new Map(places.map((place, i) => [place, decoded[i]!]));
    return sentences.map((words, place) => this.present(words, encoded[place]!, byPlace.get(place)));
  }

  private async decode(
    sources: readonly (readonly number[])[],
    { beamSize = 1, ...options }: NonNullable<TranslatorOptions['decoding']>,
  ): Promise<Decoding[]> {
    const { sos, eos } = this.target;
    const decoding = { maxLength: DEFAULT_MAX_LENGTH, ...options, sos, eos };
    if (beamSize === 1) return greedyDecode(this.model, sources, decoding);
    const found = await beamSearch(this.model, sources, { ...decoding, beamSize });
    return found.map(([best]) => best!);
  }

  private present(words: readonly string[], ids: readonly number[], decoding: Decoding | undefined): Translation {
    const unknownWords = this.source.unknownWords(words);
    const source = [...ids, this.source.eos].map((id) => this.source.wordOf(id));
    if (decoding === undefined) {
      const nothing = { words: [], target: [], logProbability: 0, score: 0, finished: true, attention: null };
      return { source, unknownWords, ...nothing };
    }
    const { logProbability, score, finished, attention } = decoding;
    const translated = decoding.ids.map((id) => this.target.wordOf(id));
    const target = finished ? [...translated, this.target.wordOf(this.target.eos)] : translated;
    return { source, unknownWords, words: translated, target, logProbability, score, finished, attention };
  }
}

function checkVocabulary(side: string, vocabulary: Vocabulary, words: number): void {
  if (vocabulary.size !== words) {
    throw new VocabularyError(
      `the ${side} vocabulary has ${vocabulary.size} words, the model ${words}: they belong to different runs`,
    );
  }
}

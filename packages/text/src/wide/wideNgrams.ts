import { type HostArray, hostArray } from '@flambeau/core';
import type { TokenizedTexts } from '../batching/tokenizedTexts.ts';
import { TextError } from '../textError.ts';
import { breath } from './breath.ts';
import { HashCounter, HashIndex } from './hashCounter.ts';
import { logCountRatio } from './logCountRatio.ts';
import { type LogisticRegressionOptions, logisticRegression } from './logisticRegression.ts';
import { eachNgram, type NgramKinds, ngramsOf } from './ngrams.ts';
import type { SparseRows } from './sparseRows.ts';

export interface WideNgramsOptions extends Pick<LogisticRegressionOptions, 'c' | 'maxPasses' | 'tolerance' | 'seed'> {
  /** The longest n-grams, in words. Default 3. */
  readonly maxNgram?: number;
  /**
   * How many words may stand between two that count as a pair whatever stands there ("not … good"). Default 0: there are
   * no such pairs.
   */
  readonly maxGap?: number;
  /** Texts that must have an n-gram, for it to count. Default 2. */
  readonly minTexts?: number;
  /** Added to each count. Default 1. */
  readonly smoothing?: number;
  /** Told what is being done. */
  readonly onProgress?: (what: string) => void;
}

/** An n-gram of a text and what it adds to the logit. */
export interface NgramContribution {
  /** Its words; those that a gap stands for as `…`. */
  readonly ngram: string;
  /** Its first word's place in the text, of its first occurrence. */
  readonly start: number;
  /** How many words it spans. */
  readonly length: number;
  /** Whether it is only the first and the last of them. */
  readonly gap: boolean;
  readonly contribution: number;
}

/**
 * A linear model of the n-grams of a text: the logit is a bias plus the weight of each n-gram that occurs, however often.
 * Its weights are logistic regression's on features scaled by how much each speaks for a class (NB-SVM).
 *
 * N-grams are known by hashes of 32 bits, so that a million of them take 8 MB in a state dict: `hashes`, int32 `[K]`
 * ascending, `weights`, float32 `[K]`, `bias`, float32 `[1]`. (Two n-grams that share a hash share a weight: a few
 * hundred in a million.)
 *
 * @example
 * ```ts
 * const wide = await WideNgrams.fit(tokenized, labels, { maxNgram: 3 });
 * wide.logit(englishTokenizer('Not a bad film.')); // above 0: positive
 * ```
 *
 * Source: Wang and Manning, "Baselines and bigrams: simple, good sentiment and topic classification", 2012.
 */
export class WideNgrams {
  readonly kinds: NgramKinds;
  readonly bias: number;
  private readonly hashes: Int32Array;
  private readonly weights: Float32Array;
  private readonly index: HashIndex;

  private constructor(kinds: NgramKinds, hashes: Int32Array, weights: Float32Array, bias: number) {
    this.kinds = kinds;
    this.hashes = hashes;
    this.weights = weights;
    this.bias = bias;
    this.index = new HashIndex(hashes);
  }

  /** How many n-grams have a weight. */
  get size(): number {
    return this.hashes.length;
  }

  /**
   * Fits the model; pauses between its parts, so that a program can be interrupted.
   *
   * @param labels - 1 positive, 0 negative.
   * @throws {TextError} unless both classes occur.
   */
  static async fit(
    texts: TokenizedTexts,
    labels: ArrayLike<number>,
    options: WideNgramsOptions = {},
  ): Promise<WideNgrams> {
    const { maxNgram = 3, maxGap = 0, minTexts = 2, smoothing = 1, onProgress, ...solver } = options;
    const kinds = { maxNgram, maxGap };
    if (texts.length !== labels.length) {
      throw new RangeError(`expected a label for each of ${texts.length} texts, got ${labels.length}`);
    }
    const present = new Set(Array.from(labels));
    if (!present.has(0) || !present.has(1) || present.size > 2) {
      throw new TextError(`expected texts of the classes 0 and 1, got ${[...present].join(', ') || 'none'}`);
    }
    onProgress?.('counting n-grams');
    const hashes = await frequentNgrams(texts, kinds, minTexts);
    await breath();
    onProgress?.(`reading ${hashes.length} n-grams`);
    const features = await presence(texts, new HashIndex(hashes), hashes.length, kinds);
    await breath();
    onProgress?.('fitting the linear model');
    const ratios = logCountRatio(features, labels, smoothing);
    const { weights, bias } = await logisticRegression(features, ratios, labels, solver);
    return new WideNgrams(
      kinds,
      hashes,
      ratios.map((ratio, i) => ratio * weights[i]!),
      bias,
    );
  }

  /** The logit of a tokenized text. */
  logit(tokens: readonly string[]): number {
    return this.contributions(tokens).reduce((sum, { contribution }) => sum + contribution, this.bias);
  }

  /** The logits of many tokenized texts. */
  logits(texts: TokenizedTexts): Float32Array {
    const seen = new Int32Array(this.size).fill(-1);
    const logits = new Float32Array(texts.length);
    let sum = 0;
    let row = 0;
    const add = (hash: number) => {
      const place = this.index.find(hash);
      if (place < 0 || seen[place] === row) return;
      seen[place] = row;
      sum += this.weights[place]!;
    };
    const ngrams = eachNgram(texts, this.kinds);
    for (row = 0; row < texts.length; row++) {
      sum = this.bias;
      ngrams(row, add);
      logits[row] = sum;
    }
    return logits;
  }

  /** Every n-gram of a text that has a weight, in the order of their first places; with {@link bias} they add up to the logit. */
  contributions(tokens: readonly string[]): NgramContribution[] {
    const seen = new Set<number>();
    const found: NgramContribution[] = [];
    for (const { hash, start, length, gap } of ngramsOf(tokens, this.kinds)) {
      const place = this.index.find(hash);
      if (place < 0 || seen.has(place)) continue;
      seen.add(place);
      const span = tokens.slice(start, start + length);
      const ngram = gap ? `${span[0]} … ${span.at(-1)}` : span.join(' ');
      found.push({ ngram, start, length, gap, contribution: this.weights[place]! });
    }
    return found;
  }

  /** All that the model is, for a safetensors file. */
  stateDict(): Record<string, HostArray> {
    return {
      hashes: hostArray('int32', [this.size], this.hashes),
      weights: hostArray('float32', [this.size], this.weights),
      bias: hostArray('float32', [1], Float32Array.of(this.bias)),
      kinds: hostArray('int32', [2], Int32Array.of(this.kinds.maxNgram, this.kinds.maxGap)),
    };
  }

  /**
   * The model of a state dict.
   *
   * @throws {TextError} if it is none.
   */
  static fromStateDict(dict: Readonly<Record<string, HostArray>>): WideNgrams {
    const { hashes, weights, bias, kinds } = dict;
    const fits =
      hashes?.data instanceof Int32Array &&
      weights?.data instanceof Float32Array &&
      hashes.data.length === weights.data.length &&
      bias?.data instanceof Float32Array &&
      bias.data.length === 1 &&
      kinds?.data instanceof Int32Array &&
      kinds.data.length === 2;
    if (!fits) {
      throw new TextError(
        `expected the n-grams' hashes, weights, bias and kinds, got ${Object.keys(dict).join(', ') || 'nothing'}`,
      );
    }
    const values = hashes.data as Int32Array;
    if (values.some((hash, i) => i > 0 && hash <= values[i - 1]!)) {
      throw new TextError("the n-grams' hashes are damaged: expected them ascending");
    }
    const [maxNgram, maxGap] = kinds.data as unknown as [number, number];
    if (maxNgram < 1 || maxNgram > 16 || maxGap < 0 || maxGap > 16) {
      throw new TextError(`expected n-grams of 1 to 16 words and gaps of 0 to 16, got ${maxNgram} and ${maxGap}`);
    }
    return new WideNgrams({ maxNgram, maxGap }, values, weights.data as Float32Array, bias.data[0] as number);
  }
}

/** How many texts are read between two breaths. */
const STRIDE = 2000;

async function frequentNgrams(texts: TokenizedTexts, kinds: NgramKinds, minTexts: number): Promise<Int32Array> {
  const counter = new HashCounter();
  const ngrams = eachNgram(texts, kinds);
  let row = 0;
  const add = (hash: number) => counter.add(hash, row);
  for (row = 0; row < texts.length; row++) {
    if (row % STRIDE === 0) await breath();
    ngrams(row, add);
  }
  return counter.frequent(minTexts);
}

async function presence(
  texts: TokenizedTexts,
  index: HashIndex,
  width: number,
  kinds: NgramKinds,
): Promise<SparseRows> {
  const starts = new Int32Array(texts.length + 1);
  const seen = new Int32Array(width).fill(-1);
  let columns = new Int32Array(1 << 16);
  let count = 0;
  let row = 0;
  const add = (hash: number) => {
    const place = index.find(hash);
    if (place < 0 || seen[place] === row) return;
    seen[place] = row;
    if (count === columns.length) {
      const grown = new Int32Array(2 * count);
      grown.set(columns);
      columns = grown;
    }
    columns[count++] = place;
  };
  const ngrams = eachNgram(texts, kinds);
  for (row = 0; row < texts.length; row++) {
    if (row % STRIDE === 0) await breath();
    ngrams(row, add);
    starts[row + 1] = count;
  }
  return { starts, columns: columns.slice(0, count), width };
}

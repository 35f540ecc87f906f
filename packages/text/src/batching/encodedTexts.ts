import { type data, type HostArray, hostArray } from '@flambeau/core';
import type { Vocab } from '../vocab/vocab.ts';
import { type PadSequencesOptions, padSequences } from './padSequences.ts';
import type { TokenizedTexts } from './tokenizedTexts.ts';

export interface EncodedTextsOptions extends PadSequencesOptions {
  /** Texts are cut off after as many words. Default: they are whole. */
  readonly maxTokens?: number;
  /** Of what type a batch's labels are: float32 for one logit, int32 for one of each class. Default float32. */
  readonly labelType?: 'float32' | 'int32';
}

/**
 * Encoded texts and their labels as a data set for core's `DataLoader`: a batch is the padded numbers int32 `[N, L]` and
 * the labels `[N]`.
 *
 * @example
 * ```ts
 * const train = EncodedTexts.of(tokenized, vocab, labels, { maxTokens: 500, paddingValue: vocab.padIndex! });
 * const loader = new data.DataLoader(train, {
 *   batchSampler: new BucketBatchSampler(train.lengths, { batchSize: 64 }),
 * });
 * ```
 */
export class EncodedTexts implements data.Dataset<[HostArray, number]> {
  readonly ids: readonly Int32Array[];
  readonly labels: ArrayLike<number>;
  private readonly options: EncodedTextsOptions;

  /** @throws {RangeError} unless there is a label for each text. */
  constructor(ids: readonly Int32Array[], labels: ArrayLike<number>, options: EncodedTextsOptions = {}) {
    if (ids.length !== labels.length) {
      throw new RangeError(`expected a label for each of ${ids.length} texts, got ${labels.length}`);
    }
    const { maxTokens = Infinity } = options;
    this.ids = ids.map((text) => (text.length > maxTokens ? text.subarray(0, maxTokens) : text));
    this.labels = labels;
    this.options = options;
  }

  /** Encodes tokenized texts. */
  static of(
    texts: TokenizedTexts,
    vocab: Vocab,
    labels: ArrayLike<number>,
    options: EncodedTextsOptions = {},
  ): EncodedTexts {
    const numbers = vocab.encode(texts.types);
    const encoded = texts.ids.map((id) => numbers[id]!);
    const ids = Array.from({ length: texts.length }, (_, i) =>
      encoded.subarray(texts.starts[i]!, texts.starts[i + 1]!),
    );
    return new EncodedTexts(ids, labels, options);
  }

  get length(): number {
    return this.ids.length;
  }

  /** How many words each text has: what batches are bucketed by. */
  get lengths(): Int32Array {
    return Int32Array.from(this.ids, ({ length }) => length);
  }

  get(index: number): [HostArray, number] {
    const ids = this.ids[index];
    if (ids === undefined) throw new RangeError(`index ${index} is outside a data set of length ${this.length}`);
    return [hostArray('int32', [ids.length], ids), this.labels[index]!];
  }

  getBatch(indices: ArrayLike<number>): [HostArray, HostArray] {
    const texts = Array.from(indices, (index) => {
      if (this.ids[index] === undefined) {
        throw new RangeError(`index ${index} is outside a data set of length ${this.length}`);
      }
      return this.ids[index];
    });
    const labels = Array.from(indices, (index) => this.labels[index]!);
    return [
      padSequences(texts, this.options),
      this.options.labelType === 'int32'
        ? hostArray('int32', [labels.length], Int32Array.from(labels))
        : hostArray('float32', [labels.length], Float32Array.from(labels)),
    ];
  }
}

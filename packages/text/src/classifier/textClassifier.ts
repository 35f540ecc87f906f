import { data, Generator, type nn, type Tensor, tidy, toHost } from '@flambeau/core';
import { BucketBatchSampler } from '../batching/bucketBatchSampler.ts';
import { EncodedTexts } from '../batching/encodedTexts.ts';
import { TokenizedTexts } from '../batching/tokenizedTexts.ts';
import { explain } from '../explanation/explain.ts';
import type { Explanation } from '../explanation/explanation.ts';
import type { TextCnn } from '../models/textCnn.ts';
import { TextError } from '../textError.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import type { Vocab } from '../vocab/vocab.ts';
import type { WideNgrams } from '../wide/wideNgrams.ts';
import type { Blend } from './blend.ts';
import { softmax } from './softmax.ts';

export interface TextClassifierParts {
  readonly tokenizer: Tokenizer;
  readonly vocab: Vocab;
  readonly cnn: TextCnn;
  /** The classes' names; of two, the second is the one that a logit above 0 means. Default `['neg', 'pos']`. */
  readonly labels?: readonly string[];
  /** How many words of a text the CNN reads. Default: all. */
  readonly maxTokens?: number;
  /** A linear model of n-grams beside the CNN, and how the two become one. */
  readonly wide?: { readonly model: WideNgrams; readonly blend: Blend };
}

/** What a classifier makes of a text. */
export interface Prediction {
  readonly label: string;
  /** Of {@link label}. */
  readonly probability: number;
  /** Of every class, in order. */
  readonly probabilities: readonly number[];
  /** One for two classes, else one a class. */
  readonly logits: readonly number[];
  /** How many words the text has, and how many of them the vocabulary has. */
  readonly words: number;
  readonly knownWords: number;
}

/** How well a classifier does on texts whose classes are known. */
export interface ClassifierEvaluation {
  readonly accuracy: number;
  readonly correct: number;
  readonly examples: number;
  /** The mean cross-entropy. */
  readonly loss: number;
  /** The number of the class predicted for each text. */
  readonly predictions: Int32Array;
}

/** Texts in a batch when predicting. */
const BATCH_SIZE = 64;

/**
 * All that makes a prediction of a raw text: tokenizer, vocabulary, model, the classes' names. A text's logit does not
 * depend on which others are asked about with it.
 *
 * @example
 * ```ts
 * const [{ label, probability }] = await classifier.predict(['Not bad at all!']);
 * const explanation = await classifier.explain('Not bad at all!');
 * console.log(explanationToAnsi(explanation));
 * ```
 */
export class TextClassifier {
  readonly tokenizer: Tokenizer;
  readonly vocab: Vocab;
  readonly cnn: TextCnn;
  readonly labels: readonly string[];
  readonly maxTokens: number;
  readonly wide: TextClassifierParts['wide'];

  /** @throws {TextError} if the parts do not belong together. */
  constructor(parts: TextClassifierParts) {
    const { tokenizer, vocab, cnn, labels = ['neg', 'pos'], maxTokens = Number.MAX_SAFE_INTEGER, wide } = parts;
    const classes = cnn.outputDim === 1 ? 2 : cnn.outputDim;
    if (labels.length !== classes) {
      throw new TextError(`expected ${classes} labels for a model of ${classes} classes, got ${labels.length}`);
    }
    if (cnn.embedding.numEmbeddings !== vocab.length) {
      throw new TextError(
        `expected a vocabulary of ${cnn.embedding.numEmbeddings} words, as many as the embedding has, got ${vocab.length}`,
      );
    }
    if (wide !== undefined && cnn.outputDim !== 1) {
      throw new TextError(`a model of n-grams has one logit, the CNN beside it ${cnn.outputDim}`);
    }
    this.tokenizer = tokenizer;
    this.vocab = vocab;
    this.cnn = cnn;
    this.labels = [...labels];
    this.maxTokens = maxTokens;
    this.wide = wide;
  }

  /** Why a text can't be judged; undefined if it can. */
  refusal(text: string): string | undefined {
    if (text.trim() === '') return 'the text is empty: there is nothing to judge';
    return this.tokenizer(text).length === 0 ? 'the text has no word: there is nothing to judge' : undefined;
  }

  /**
   * Classes and probabilities of raw texts, in their order.
   *
   * @throws {TextError} for a text without a word, saying which; {@link refusal} tells beforehand.
   */
  async predict(texts: readonly string[]): Promise<Prediction[]> {
    const tokenized = TokenizedTexts.of(texts, this.tokenizer);
    const empty = texts.findIndex((_, i) => tokenized.starts[i] === tokenized.starts[i + 1]);
    if (empty >= 0) {
      const which = texts.length === 1 ? '' : `text ${empty + 1} of ${texts.length}: `;
      throw new TextError(`${which}${this.refusal(texts[empty]!) ?? 'the text has no word'}`);
    }
    const known = tokenized.types.map((type) => this.vocab.has(type));
    const all = await this.logits(tokenized);
    const width = this.cnn.outputDim;
    return texts.map((_, i) => {
      const logits = Array.from(all.subarray(i * width, (i + 1) * width));
      const probabilities = softmax(logits);
      const best = probabilities.indexOf(Math.max(...probabilities));
      const ids = tokenized.ids.subarray(tokenized.starts[i]!, tokenized.starts[i + 1]!);
      const knownWords = ids.reduce((count, id) => count + Number(known[id]), 0);
      const label = this.labels[best]!;
      return { label, probability: probabilities[best]!, probabilities, logits, words: ids.length, knownWords };
    });
  }

  /** Accuracy and loss on tokenized texts, whose labels are the classes' numbers. */
  async evaluate(texts: TokenizedTexts, labels: ArrayLike<number>): Promise<ClassifierEvaluation> {
    const all = await this.logits(texts);
    const width = this.cnn.outputDim;
    const predictions = new Int32Array(texts.length);
    let correct = 0;
    let loss = 0;
    for (let i = 0; i < texts.length; i++) {
      const probabilities = softmax(Array.from(all.subarray(i * width, (i + 1) * width)));
      predictions[i] = probabilities.indexOf(Math.max(...probabilities));
      if (predictions[i] === labels[i]) correct++;
      loss -= Math.log(Math.max(probabilities[labels[i]!]!, Number.MIN_VALUE));
    }
    const examples = texts.length;
    return { accuracy: correct / examples, correct, examples, loss: loss / examples, predictions };
  }

  /** The logits of tokenized texts, `[N · outputDim]`, both branches in one. */
  async logits(texts: TokenizedTexts): Promise<Float32Array> {
    const logits = await this.cnnLogits(texts);
    if (this.wide === undefined) return logits;
    const { model, blend } = this.wide;
    const wide = model.logits(texts);
    return logits.map((logit, i) => blend.cnn * logit + blend.wide * wide[i]! + blend.bias);
  }

  /** The CNN's logits alone. */
  async cnnLogits(texts: TokenizedTexts): Promise<Float32Array> {
    const { cnn, vocab, maxTokens } = this;
    const width = cnn.outputDim;
    const encoded = EncodedTexts.of(texts, vocab, new Int32Array(texts.length), {
      maxTokens,
      paddingValue: cnn.paddingIdx,
      trailing: cnn.widest,
    });
    const batchSampler = new BucketBatchSampler(encoded.lengths, { batchSize: BATCH_SIZE, shuffle: false });
    const order = [...batchSampler.batches()].flat();
    const logits = new Float32Array(texts.length * width);
    const { backend } = cnn;
    let done = 0;
    // With a generator of its own: asking for predictions changes no run's random numbers.
    const loader = new data.DataLoader(encoded, { batchSampler, backend, generator: new Generator() });
    for await (const [words] of loader) {
      const values = await inEvaluation(cnn, () => backend.run(() => tidy(() => cnn.forward(words as Tensor))));
      for (let i = 0; i < values.length; i += width) {
        logits.set(values.subarray(i, i + width), order[done++]! * width);
      }
    }
    return logits;
  }

  /**
   * What has decided a text's class: every n-gram and every word with its contribution to the logit.
   *
   * @param options.label - the class to explain. Default: the predicted one.
   * @throws {TextError} for a text without a word, or a class that there is not.
   */
  explain(text: string, options: { readonly label?: string } = {}): Promise<Explanation> {
    return explain(this, text, options);
  }

  /** Frees the model. */
  dispose(): void {
    this.cnn.dispose();
  }
}

/** Runs a model in evaluation mode, reads what it gives, and puts every module back into its own mode. */
async function inEvaluation(model: nn.Module, f: () => Tensor): Promise<Float32Array> {
  const training = model.modules().filter((module) => module.training);
  for (const module of training) module.training = false;
  let output: Tensor;
  try {
    output = f();
  } finally {
    for (const module of training) module.training = true;
  }
  try {
    return (await toHost(output)).data as Float32Array;
  } finally {
    output.dispose();
  }
}

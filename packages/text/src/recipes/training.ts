import {
  type Backend,
  binaryClassification,
  classification,
  data,
  defaultGenerator,
  type LabelledBatch,
  type Objective,
} from '@flambeau/core';
import { BucketBatchSampler } from '../batching/bucketBatchSampler.ts';
import { EncodedTexts } from '../batching/encodedTexts.ts';
import { TokenizedTexts } from '../batching/tokenizedTexts.ts';
import { wordDropout } from '../batching/wordDropout.ts';
import { fitBlend } from '../classifier/blend.ts';
import { TextClassifier } from '../classifier/textClassifier.ts';
import { embeddingMatrix, type WordVectors } from '../models/embeddingMatrix.ts';
import { TextCnn } from '../models/textCnn.ts';
import { TextError } from '../textError.ts';
import { getTokenizer } from '../tokenizers/tokenizer.ts';
import type { Vocab } from '../vocab/vocab.ts';
import { WideNgrams } from '../wide/wideNgrams.ts';
import type { TextRecipe } from './recipe.ts';

export interface TrainingInput {
  /** Raw ones, or those that the recipe's tokenizer has made of them. */
  readonly texts: Iterable<string> | TokenizedTexts;
  /** The class of each text: its place in {@link classes}. */
  readonly labels: ArrayLike<number>;
  /** The classes' names. Default `['neg', 'pos']`. */
  readonly classes?: readonly string[];
  /** The words' pretrained vectors; absent: drawn at random. */
  readonly vectors?: WordVectors;
  /** Default: the recipe's. */
  readonly batchSize?: number;
  readonly backend?: Backend;
}

/** A recipe made ready for core's `Trainer`. */
export interface TextTraining {
  readonly recipe: TextRecipe;
  /** Predicts with the CNN as it is at any time; without the n-grams until {@link finishTraining}. */
  readonly classifier: TextClassifier;
  readonly model: TextCnn;
  readonly vocab: Vocab;
  /** How many of the vocabulary's words had a pretrained vector. */
  readonly wordsWithVector: number;
  readonly objective: Objective<LabelledBatch>;
  readonly trainLoader: data.DataLoader<unknown> & AsyncIterable<LabelledBatch>;
  /** The texts held out, in evaluation. */
  readonly heldOutLoader: data.DataLoader<unknown> & AsyncIterable<LabelledBatch>;
  readonly trainTexts: TokenizedTexts;
  readonly trainLabels: Int32Array;
  readonly heldOutTexts: TokenizedTexts;
  readonly heldOutLabels: Int32Array;
}

/**
 * Makes a recipe ready: tokenizes, holds texts out, builds the vocabulary of the others, the vectors, the model and the
 * loaders. Draws from the default generator, in this order: which texts are held out, unknown words' vectors, the
 * layers; after the same `manualSeed` all of it is the same.
 *
 * @throws {TextError} if labels and texts disagree or too few are left to train on.
 *
 * @example
 * ```ts
 * manualSeed(0);
 * const training = prepareTraining(recipeNamed('notes'), { texts, labels, vectors: glove });
 * const { model, objective, trainLoader, heldOutLoader, recipe } = training;
 * const optimizer = recipe.createOptimizer(model.parameters(), { lr: recipe.learningRate });
 * await new Trainer({ model, optimizer, objective }).fit(trainLoader, { epochs: recipe.epochs, validation: heldOutLoader });
 * const classifier = await finishTraining(training);
 * ```
 */
export function prepareTraining(recipe: TextRecipe, input: TrainingInput): TextTraining {
  const { classes = ['neg', 'pos'], vectors, batchSize = recipe.batchSize, backend } = input;
  const tokenizer = getTokenizer(recipe.tokenizer);
  const all = input.texts instanceof TokenizedTexts ? input.texts : TokenizedTexts.of(input.texts, tokenizer);
  const labels = Int32Array.from(input.labels);
  if (all.length !== labels.length) {
    throw new TextError(`expected a label for each of ${all.length} texts, got ${labels.length}`);
  }
  const heldOutCount = Math.round(recipe.heldOut * all.length);
  if (heldOutCount < 1 || all.length - heldOutCount < 1) {
    throw new TextError(`expected texts to train on and to hold out, got ${all.length} in all`);
  }
  const order = defaultGenerator.randperm(all.length);
  const heldOut = order.subarray(0, heldOutCount).slice().sort();
  const rest = order.subarray(heldOutCount).slice().sort();
  const [trainTexts, heldOutTexts] = [all.select(rest), all.select(heldOut)];
  const [trainLabels, heldOutLabels] = [rest.map((i) => labels[i]!), heldOut.map((i) => labels[i]!)];
  const vocab = trainTexts.buildVocab({ maxTokens: recipe.maxVocab, minFreq: recipe.minFreq });
  const [unkIndex, padIndex] = [vocab.unkIndex!, vocab.padIndex!];

  const dim = recipe.embeddingDim;
  const matrix = vectors && embeddingMatrix(vocab, vectors, { dim });
  const outputDim = classes.length === 2 ? 1 : classes.length;
  const model = new TextCnn(vocab.length, dim, {
    ...recipe.cnn,
    ...(matrix ? { vectors: matrix.values } : { variant: 'rand' as const }),
    outputDim,
    paddingIdx: padIndex,
    backend,
  });
  const encoding = {
    maxTokens: recipe.maxTokens,
    paddingValue: padIndex,
    // Every text, the longest too, ends in as much padding as a filter is high: what a filter finds in a text then does
    // not depend on the texts beside it.
    trailing: model.widest,
    labelType: outputDim === 1 ? ('float32' as const) : ('int32' as const),
  };
  const trainSet = EncodedTexts.of(trainTexts, vocab, trainLabels, encoding);
  const heldOutSet = EncodedTexts.of(heldOutTexts, vocab, heldOutLabels, encoding);
  const p = recipe.wordDropout;
  const trainLoader = new data.DataLoader(trainSet, {
    batchSampler: new BucketBatchSampler(trainSet.lengths, { batchSize }),
    backend: model.backend,
    ...(p > 0 && {
      transform: ([ids, targets], generator) => [wordDropout(ids, { p, unkIndex, padIndex }, generator), targets],
    }),
  });
  const heldOutLoader = new data.DataLoader(heldOutSet, {
    batchSampler: new BucketBatchSampler(heldOutSet.lengths, { batchSize, shuffle: false }),
    backend: model.backend,
  });
  return {
    recipe,
    classifier: new TextClassifier({ tokenizer, vocab, cnn: model, labels: classes, maxTokens: recipe.maxTokens }),
    model,
    vocab,
    wordsWithVector: matrix?.found ?? 0,
    objective: outputDim === 1 ? binaryClassification(model) : classification(model),
    trainLoader: trainLoader as unknown as TextTraining['trainLoader'],
    heldOutLoader: heldOutLoader as unknown as TextTraining['heldOutLoader'],
    trainTexts,
    trainLabels,
    heldOutTexts,
    heldOutLabels,
  };
}

/**
 * What comes after the CNN's training, with the weights that it is to keep: where the recipe has a linear model of n-grams
 * it is fitted, and the blend of the two chosen on the texts held out.
 *
 * @returns the whole classifier, which shares the CNN with {@link TextTraining.classifier}.
 */
export async function finishTraining(
  training: TextTraining,
  { onProgress }: { readonly onProgress?: (what: string) => void } = {},
): Promise<TextClassifier> {
  const { recipe, classifier, trainTexts, trainLabels, heldOutTexts, heldOutLabels } = training;
  if (recipe.wide === undefined) return classifier;
  const { tokenizer, vocab, cnn, labels, maxTokens } = classifier;
  const model = await WideNgrams.fit(trainTexts, trainLabels, { ...recipe.wide, onProgress });
  onProgress?.('choosing the blend on the texts held out');
  const cnnLogits = await classifier.cnnLogits(heldOutTexts);
  const blend = fitBlend(cnnLogits, model.logits(heldOutTexts), heldOutLabels);
  return new TextClassifier({ tokenizer, vocab, cnn, labels, maxTokens, wide: { model, blend } });
}

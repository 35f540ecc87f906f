import { type nn, optim } from '@flambeau/core';
import type { TextCnnOptions } from '../models/textCnn.ts';
import { TextError } from '../textError.ts';
import type { TokenizerName } from '../tokenizers/tokenizer.ts';
import type { WideNgramsOptions } from '../wide/wideNgrams.ts';

/** How long a run is, and how fast it learns at its fastest. */
export interface ScheduleOptions {
  readonly lr: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
}

/** All that training needs to be repeated, but for the texts, the words' vectors and the seed. */
export interface TextRecipe {
  readonly name: string;
  /** One line for `--help`. */
  readonly description: string;
  readonly tokenizer: TokenizerName;
  /** How many words the vocabulary has at most, `<unk>` and `<pad>` included. */
  readonly maxVocab: number;
  /** How often a word must occur in the training texts. */
  readonly minFreq: number;
  /** Numbers in a word's vector. */
  readonly embeddingDim: number;
  /** How many words of a text the CNN reads. */
  readonly maxTokens: number;
  /** The share of the training texts that is held out, to tell the best epoch and to choose the blend. */
  readonly heldOut: number;
  readonly batchSize: number;
  readonly epochs: number;
  /** The learning rate; where there is a schedule, its highest. */
  readonly learningRate: number;
  /** The optimizer's name, for records. */
  readonly optimizer: string;
  createOptimizer(parameters: Iterable<nn.Parameter>, options: { readonly lr: number }): optim.Optimizer;
  /** Makes what changes the learning rate after every step; absent where it stays. */
  createScheduler?(optimizer: optim.Optimizer, options: ScheduleOptions): optim.Scheduler;
  /** The schedule's name, for records. */
  readonly scheduler?: string;
  readonly cnn: Pick<TextCnnOptions, 'numFilters' | 'filterSizes' | 'dropout' | 'variant'>;
  /** How likely a word becomes `<unk>` while training. */
  readonly wordDropout: number;
  /** The linear model of n-grams beside the CNN; absent where there is none. */
  readonly wide?: Pick<WideNgramsOptions, 'maxNgram' | 'maxGap' | 'minTexts' | 'c'>;
}

const adam = {
  optimizer: 'Adam',
  createOptimizer: (parameters: Iterable<nn.Parameter>, options: { readonly lr: number }) =>
    new optim.Adam(parameters, options),
};

const shared = {
  tokenizer: 'english',
  minFreq: 1,
  embeddingDim: 100,
  heldOut: 0.1,
  batchSize: 64,
  learningRate: 0.001,
  ...adam,
} as const;

const strongCnn = {
  ...shared,
  maxVocab: 30_002,
  maxTokens: 800,
  epochs: 6,
  learningRate: 0.002,
  scheduler: 'OneCycleLR',
  createScheduler: (optimizer: optim.Optimizer, { lr, epochs, stepsPerEpoch }: ScheduleOptions) =>
    new optim.OneCycleLR(optimizer, {
      maxLr: lr,
      epochs,
      stepsPerEpoch,
      divFactor: 10,
      finalDivFactor: 100,
      cycleMomentum: false,
    }),
  cnn: { numFilters: 250, filterSizes: [1, 2, 3, 4, 5], dropout: 0.5, variant: 'non-static' },
  wordDropout: 0.5,
} as const;

/**
 * Recipes by name. `notes` is section 4 of the notes; `cnn` a stronger CNN alone; `best` that CNN beside a linear model of
 * n-grams, blended as held-out reviews ask for.
 *
 * What they are made of was chosen on training reviews held out, never on the test set.
 *
 * @example
 * ```ts
 * const recipe = recipeNamed('notes');
 * const training = prepareTraining(recipe, { texts, labels, vectors: glove });
 * ```
 */
export const recipes: Readonly<Record<string, TextRecipe>> = {
  notes: {
    ...shared,
    name: 'notes',
    description: "the notes' TextCNN: filters of 3, 4 and 5 words, 100 each, GloVe, Adam, batches of 64",
    maxVocab: 25_002,
    maxTokens: 500,
    epochs: 5,
    cnn: { numFilters: 100, filterSizes: [3, 4, 5], dropout: 0.5, variant: 'non-static' },
    wordDropout: 0,
  },
  cnn: {
    ...strongCnn,
    name: 'cnn',
    description:
      'a stronger CNN alone: filters of 1 to 5 words, 250 each, 800 words of a review, half of the words dropped while training',
  },
  best: {
    ...strongCnn,
    name: 'best',
    description: 'that CNN and a linear model of uni- to trigrams and pairs with a gap (NB-SVM), blended',
    wide: { maxNgram: 3, maxGap: 2, minTexts: 2, c: 1 },
  },
};

/**
 * The recipe of that name.
 *
 * @throws {TextError} if there is none, naming those there are.
 */
export function recipeNamed(name: string): TextRecipe {
  const recipe = Object.hasOwn(recipes, name) ? recipes[name] : undefined;
  if (!recipe) throw new TextError(`there is no recipe '${name}', expected one of ${Object.keys(recipes).join(', ')}`);
  return recipe;
}

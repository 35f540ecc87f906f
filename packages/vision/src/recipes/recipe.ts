import { functional as F, type LossFunction, type nn, optim } from '@flambeau/core';
import { type ImageModelEntry, imageModels } from '../models/imageModel.ts';
import { Compose } from '../transforms/compose.ts';
import { RandomCrop } from '../transforms/randomCrop.ts';
import { RandomErasing } from '../transforms/randomErasing.ts';
import { RandomHorizontalFlip } from '../transforms/randomHorizontalFlip.ts';
import type { Transform } from '../transforms/transform.ts';

/** How long a run is, and how fast it learns at its fastest. */
export interface ScheduleOptions {
  readonly lr: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
}

/** All that training needs to be repeated, but for the data and the seed. */
export interface Recipe {
  readonly name: string;
  /** One line for `--help`. */
  readonly description: string;
  readonly model: ImageModelEntry;
  readonly batchSize: number;
  readonly epochs: number;
  /** The learning rate; where there is a schedule, its highest. */
  readonly learningRate: number;
  /** The optimizer's name, for records. */
  readonly optimizer: string;
  createOptimizer(parameters: Iterable<nn.Parameter>, options: { lr: number }): optim.Optimizer;
  /** Makes what changes the learning rate after every step; absent where it stays. */
  createScheduler?(optimizer: optim.Optimizer, options: ScheduleOptions): optim.Scheduler;
  /** The schedule's name, for records. */
  readonly scheduler?: string;
  /** How much of each target is spread over all classes while training; evaluation reports plain cross-entropy. */
  readonly labelSmoothing?: number;
  /** What is done to each training image; absent where they are shown as they are. */
  readonly transform?: Transform;
}

const adam = {
  optimizer: 'Adam',
  createOptimizer: (parameters: Iterable<nn.Parameter>, options: { lr: number }) => new optim.Adam(parameters, options),
};

/** Weights decay; biases and what batch norm scales and shifts by do not (He et al., arXiv 1812.01187). */
const weightDecay = 0.05;

/**
 * Recipes by name. `notes` is section 2 of the notes, `notes-bn` the same with batch normalisation (section 3.1),
 * `notes-dropout` with dropout (section 3.2); `best` is the strongest. Images come as they are, 0 to 1, without
 * normalisation.
 *
 * What `best` is made of was chosen on 10,000 of the training images that its trials had not seen, never on the test set.
 *
 * @example
 * ```ts
 * const recipe = recipes.notes;
 * const net = recipe.model.create();
 * const optimizer = recipe.createOptimizer(net.parameters(), { lr: recipe.learningRate });
 * ```
 */
export const recipes: Readonly<Record<string, Recipe>> = {
  notes: {
    name: 'notes',
    description: "the notes' CNN, Adam with learning rate 0.01, batches of 100",
    model: imageModels.get('NotesCnn')!,
    batchSize: 100,
    epochs: 10,
    learningRate: 0.01,
    ...adam,
  },
  'notes-bn': {
    name: 'notes-bn',
    description: 'the same with batch normalisation after each linear map',
    model: imageModels.get('NotesBnCnn')!,
    batchSize: 100,
    epochs: 8,
    learningRate: 0.01,
    ...adam,
  },
  'notes-dropout': {
    name: 'notes-dropout',
    description: 'the same with dropout after the first two linear maps',
    model: imageModels.get('NotesDropoutCnn')!,
    batchSize: 100,
    epochs: 10,
    learningRate: 0.01,
    ...adam,
  },
  best: {
    name: 'best',
    description:
      'a residual network, AdamW with a 1cycle schedule, label smoothing; images shifted, mirrored, partly erased',
    model: imageModels.get('ResidualCnn')!,
    batchSize: 100,
    epochs: 13,
    learningRate: 0.006,
    optimizer: 'AdamW',
    createOptimizer(parameters, { lr }) {
      const all = [...parameters];
      const groups = [
        { params: all.filter(({ rank }) => rank > 1) },
        { params: all.filter(({ rank }) => rank <= 1), weightDecay: 0 },
      ];
      return new optim.AdamW(groups, { lr, weightDecay });
    },
    scheduler: 'OneCycleLR',
    createScheduler: (optimizer, { lr, epochs, stepsPerEpoch }) =>
      new optim.OneCycleLR(optimizer, {
        maxLr: lr,
        epochs,
        stepsPerEpoch,
        divFactor: 10,
        finalDivFactor: 1000,
        cycleMomentum: false,
      }),
    labelSmoothing: 0.1,
    transform: new Compose([
      new RandomCrop(28, { padding: 1 }),
      new RandomHorizontalFlip(),
      new RandomErasing({ p: 0.4, scale: [0.02, 0.2] }),
    ]),
  },
};

/**
 * The loss that a recipe trains a model with: cross-entropy, with smoothed labels while the model is training.
 *
 * @example
 * ```ts
 * const trainer = new Trainer({ model, optimizer, lossFunction: lossFunctionOf(recipe, model) });
 * ```
 */
export function lossFunctionOf({ labelSmoothing = 0 }: Recipe, model: nn.Module): LossFunction {
  return (logits, target) => F.crossEntropy(logits, target, { labelSmoothing: model.training ? labelSmoothing : 0 });
}

/**
 * The recipe of that name.
 *
 * @throws RangeError if there is none, naming those there are.
 */
export function recipeNamed(name: string): Recipe {
  const recipe = Object.hasOwn(recipes, name) ? recipes[name] : undefined;
  if (!recipe) throw new RangeError(`there is no recipe '${name}', expected one of ${Object.keys(recipes).join(', ')}`);
  return recipe;
}

import { type nn, optim } from '@flambeau/core';
import { type ImageModelEntry, imageModels } from '../models/imageModel.ts';

/** All that training needs to be repeated, but for the data and the seed. */
export interface Recipe {
  readonly name: string;
  /** One line for `--help`. */
  readonly description: string;
  readonly model: ImageModelEntry;
  readonly batchSize: number;
  readonly epochs: number;
  readonly learningRate: number;
  /** The optimizer's name, for records. */
  readonly optimizer: string;
  createOptimizer(parameters: Iterable<nn.Parameter>, options: { lr: number }): optim.Optimizer;
}

const adam = {
  optimizer: 'Adam',
  createOptimizer: (parameters: Iterable<nn.Parameter>, options: { lr: number }) => new optim.Adam(parameters, options),
};

/**
 * Recipes by name. `notes` is section 2 of the notes, `notes-bn` the same with batch normalisation (section 3.1). Images
 * come as they are, 0 to 1, without normalisation.
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
};

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

import { manualSeed, Trainer } from '@flambeau/core';
import { finishTraining, prepareTraining, recipeNamed, type TextClassifier, type TextRecipe } from '../src/index.ts';
import { reviews } from './reviews.ts';

/** A recipe made small. */
export function small(name: string, change: Partial<TextRecipe> = {}): TextRecipe {
  const recipe = recipeNamed(name);
  return {
    ...recipe,
    embeddingDim: 12,
    batchSize: 16,
    epochs: 3,
    learningRate: 0.01,
    ...change,
    cnn: { ...recipe.cnn, numFilters: 8 },
  };
}

/** A classifier that a small recipe has trained on made-up reviews. */
export async function trained(name: string, change: Partial<TextRecipe> = {}): Promise<TextClassifier> {
  manualSeed(1);
  const { texts, labels } = reviews(240);
  const training = prepareTraining(small(name, change), { texts, labels });
  const { model, objective, trainLoader, recipe } = training;
  const optimizer = recipe.createOptimizer(model.parameters(), { lr: recipe.learningRate });
  await new Trainer({ model, optimizer, objective }).fit(trainLoader, { epochs: recipe.epochs });
  optimizer.dispose();
  return finishTraining(training);
}

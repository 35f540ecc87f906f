import { manualSeed } from '@flambeau/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSeq2Seq, recipeNamed, syntheticRecipes, translationRecipes, withoutAttention } from '../../src/index.ts';
import { simd } from '../onSimd.ts';

beforeAll(async () => {
  await simd();
  manualSeed(0);
});

const all = { ...translationRecipes, ...syntheticRecipes };
const sizes = { source: 12, target: 9 };

describe.each(Object.entries(all))('the recipe %s', (name, recipe) => {
  it('is called as it is found, and makes its model from plain JSON', () => {
    expect(recipe.name).toBe(name);
    const model = createSeq2Seq(JSON.parse(JSON.stringify(recipe.model)), sizes);
    expect(model.bridge === null).toBe(!recipe.model.bidirectional);
    model.dispose();
  });

  it('has the same without attention, smaller by no more than what attention needs', () => {
    const [model, plain] = [recipe, withoutAttention(recipe)].map(({ model }) => createSeq2Seq(model, sizes));
    expect(withoutAttention(recipe)).toMatchObject({ name: `${name}-no-attention`, epochs: recipe.epochs });
    expect(plain!.decoder.hiddenSize).toBe(model!.decoder.hiddenSize);
    expect([...plain!.namedParameters().keys()].some((key) => key.includes('attention'))).toBe(false);
    expect(plain!.encoder.parameters().map(({ size }) => size)).toEqual(
      model!.encoder.parameters().map(({ size }) => size),
    );
    model!.dispose();
    plain!.dispose();
  });

  it.each([1, 2, 3, 10])('has a learning rate for every one of %i steps', (steps) => {
    const model = createSeq2Seq(recipe.model, sizes);
    const lr = recipe.learningRate;
    const optimizer = recipe.createOptimizer(model.parameters(), { lr });
    const scheduler = recipe.createScheduler?.(optimizer, { lr, epochs: 1, stepsPerEpoch: steps });
    for (let step = 0; step < steps; step++, scheduler?.step()) {
      expect(optimizer.lr).toBeGreaterThan(0);
      expect(optimizer.lr).toBeLessThanOrEqual(lr);
    }
    model.dispose();
  });
});

describe('recipes', () => {
  it('are found by name, or it is said which there are', () => {
    expect(recipeNamed('notes', translationRecipes)).toBe(translationRecipes.notes);
    expect(() => recipeNamed('toString', translationRecipes)).toThrow(
      "there is no recipe 'toString', expected one of notes, best",
    );
  });
});

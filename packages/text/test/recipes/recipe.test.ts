import { optim } from '@flambeau/core';
import { describe, expect, it } from 'vitest';
import { recipeNamed, recipes, TextCnn } from '../../src/index.ts';
import { simd } from '../onSimd.ts';

describe('recipes', () => {
  it("have the notes' settings under `notes`", async () => {
    await simd();
    const { batchSize, learningRate, epochs, optimizer, maxVocab, embeddingDim, cnn } = recipeNamed('notes');
    expect({ batchSize, learningRate, epochs, optimizer }).toEqual({
      batchSize: 64,
      learningRate: 0.001,
      epochs: 5,
      optimizer: 'Adam',
    });
    const model = new TextCnn(maxVocab, embeddingDim, cnn);
    expect(model.parameters().reduce((sum, { size }) => sum + size, 0)).toBe(2_620_801);
    model.dispose();
  });

  it.each(['nope', 'toString', ''])("refuse '%s' and say what there is", (name) => {
    expect(() => recipeNamed(name)).toThrow(`there is no recipe '${name}', expected one of notes, cnn, best`);
  });

  it.each(Object.keys(recipes))(
    '%s has a name, a description, and a learning rate above 0 for every step',
    async (name) => {
      await simd();
      const recipe = recipeNamed(name);
      expect(recipe.name).toBe(name);
      expect(recipe.description).not.toBe('');
      const model = new TextCnn(4, 2, { numFilters: 1, filterSizes: [1] });
      for (const steps of [1, 2, 7]) {
        const optimizer = recipe.createOptimizer(model.parameters(), { lr: 0.1 });
        expect(optimizer).toBeInstanceOf(optim.Adam);
        const scheduler = recipe.createScheduler?.(optimizer, { lr: 0.1, epochs: 1, stepsPerEpoch: steps });
        for (let step = 0; step < steps; step++, scheduler?.step()) {
          expect(optimizer.lr).toBeGreaterThan(0);
          expect(optimizer.lr).toBeLessThanOrEqual(0.1);
        }
      }
      model.dispose();
    },
  );
});

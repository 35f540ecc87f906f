import { expect, it } from 'vitest';
import { recipeNamed } from '../../src/recipes/recipe.ts';

it("gives the notes' settings", () => {
  const { batchSize, learningRate, epochs, optimizer, model } = recipeNamed('notes');
  expect({ batchSize, learningRate, epochs, optimizer, model: model.name }).toEqual({
    batchSize: 100,
    learningRate: 0.01,
    epochs: 10,
    optimizer: 'Adam',
    model: 'NotesCnn',
  });
});

it.each(['nope', 'toString', ''])("refuses '%s' and says what there is", (name) => {
  expect(() => recipeNamed(name)).toThrow(
    `there is no recipe '${name}', expected one of notes, notes-bn, notes-dropout, best`,
  );
});

import { syntheticRecipes, translationRecipes } from '@flambeau/attention';
import { describe, expect, it } from 'vitest';
import { joinTokens, recipeFor, sequenceTaskOf, titleOf, tokenize } from '../../src/sequences/sequenceTask.ts';
import type { TrainOptions } from '../../src/training/trainOptions.ts';

const options = (given: Partial<TrainOptions> = {}): TrainOptions => ({ backend: 'simd', seed: 0, ...given });
const { notes, best } = translationRecipes;
const translation = (given: Partial<TrainOptions> = {}, recipe = notes!) =>
  sequenceTaskOf('translation', options(given), recipe);

describe('recipeFor', () => {
  it('is notes for translation, its own for the others', () => {
    expect(recipeFor('translation', options(), 'bahdanau')).toBe(notes);
    expect(recipeFor('translation', options({ recipe: 'best' }), 'bahdanau')).toBe(best);
    expect(recipeFor('dates', options(), 'bahdanau')).toBe(syntheticRecipes.dates);
    expect(() => recipeFor('translation', options({ recipe: 'notes-bn' }), 'bahdanau')).toThrow(
      "there is no recipe 'notes-bn', expected one of notes, best",
    );
    expect(() => recipeFor('sort', options({ recipe: 'best' }), 'bahdanau')).toThrow(
      "sort has no recipe 'best', only its own: leave --recipe away",
    );
  });

  it('changes nothing but the attention', () => {
    for (const kind of ['none', 'luong-dot'] as const) {
      const { model, ...recipe } = recipeFor('translation', options({ recipe: 'best' }), kind);
      const { model: own, description: _, ...rest } = best!;
      expect(recipe).toMatchObject(rest);
      const { arrangement: _arrangement, ...shape } = own;
      expect(model).toEqual({ ...shape, attention: kind });
    }
  });
});

describe('sequenceTaskOf', () => {
  it('translates from French to English unless it is told otherwise', () => {
    expect(translation()).toEqual({ task: 'translation', direction: 'fra-eng', raw: false, maxLength: 10 });
    expect(titleOf(translation())).toBe('French to English');
    expect(titleOf(translation({ direction: 'eng-fra' }))).toBe('English to French');
  });

  it('compares recipes on the same sentences', () => {
    expect(translation({}, best)).toEqual(translation());
  });

  it('takes two columns of a file of one’s own, as long as the recipe allows', () => {
    expect(translation({ pairs: 'deu.txt' })).toMatchObject({ columns: [0, 1], maxLength: 10 });
    expect(translation({ pairs: 'deu.txt', columns: '4,2' }, best)).toMatchObject({ columns: [3, 1], maxLength: 20 });
    expect(titleOf(translation({ pairs: 'deu.txt' }))).toBe('Translation of deu.txt');
  });

  it.each([
    [{ direction: 'eng-deu' }, "there is no direction 'eng-deu', expected fra-eng or eng-fra"],
    [{ direction: 'fra-eng', pairs: 'x' }, 'give --columns 2,1 to turn it around'],
    [{ columns: '1,2' }, '--columns says which columns of --pairs to take'],
    [{ pairs: 'x', columns: '1' }, '--columns 1: expected two different column numbers from 1, as 1,2'],
    [{ pairs: 'x', columns: '2,2' }, '--columns 2,2: expected two different'],
    [{ pairs: 'x', columns: '0,1' }, '--columns 0,1: expected two different'],
  ])('refuses %j', (given, message) => {
    expect(() => translation(given)).toThrow(message);
  });
});

describe('tokenize', () => {
  it('reads a text as its task was trained to', () => {
    expect(tokenize(translation(), " J'ai FROID ! ")).toEqual(['j', 'ai', 'froid', '!']);
    expect(tokenize(translation({ raw: true }), " J'ai  FROID ! ")).toEqual(["J'ai", 'FROID', '!']);
    expect(tokenize({ task: 'reverse', raw: false }, ' b  a ')).toEqual(['b', 'a']);
    expect(tokenize({ task: 'dates', raw: false }, 'May 1 ')).toEqual(['M', 'a', 'y', ' ', '1']);
    for (const nothing of ['', '   ', '123']) expect(tokenize(translation(), nothing)).toEqual([]);
  });

  it('is undone by joinTokens', () => {
    expect(joinTokens({ task: 'dates', raw: false }, ['1', '9'])).toBe('19');
    expect(joinTokens(translation(), ['i', 'm'])).toBe('i m');
  });
});

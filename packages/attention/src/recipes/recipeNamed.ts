import type { Seq2SeqRecipe } from './recipe.ts';

/**
 * The recipe of that name.
 *
 * @throws RangeError if there is none, naming those there are.
 */
export function recipeNamed(name: string, recipes: Readonly<Record<string, Seq2SeqRecipe>>): Seq2SeqRecipe {
  const recipe = Object.hasOwn(recipes, name) ? recipes[name] : undefined;
  if (!recipe) throw new RangeError(`there is no recipe '${name}', expected one of ${Object.keys(recipes).join(', ')}`);
  return recipe;
}

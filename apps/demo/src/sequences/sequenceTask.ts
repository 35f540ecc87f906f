import {
  recipeNamed,
  type Seq2SeqRecipe,
  syntheticRecipes,
  translationRecipes,
  withoutAttention,
} from '@flambeau/attention';
import { normalizeString } from '@flambeau/datasets';
import * as v from 'valibot';
import type { TrainOptions } from '../training/trainOptions.ts';

/** How the decoder looks at the source. */
export const attentionKinds = ['bahdanau', 'luong-dot', 'luong-general', 'luong-concat', 'none'] as const;
export type AttentionChoice = (typeof attentionKinds)[number];

const directions = ['fra-eng', 'eng-fra'] as const;
const columnNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(1000));

/** Which pairs a model is trained on, and how text becomes tokens: what a checkpoint keeps in its metadata. */
export const sequenceTaskSchema = v.object({
  task: v.picklist(['translation', 'copy', 'reverse', 'sort', 'dates']),
  /** Of the tutorial's pairs. */
  direction: v.optional(v.picklist(directions)),
  /** A file of the user's own, and its columns, from 0. */
  pairs: v.optional(v.string()),
  columns: v.optional(v.tuple([columnNumber, columnNumber])),
  /** Whether sentences are taken as they stand. */
  raw: v.boolean(),
  /** Sentences have fewer words than this. */
  maxLength: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(2))),
});

export type SequenceTask = Readonly<v.InferOutput<typeof sequenceTaskSchema>>;

/** The recipe of a task, with the attention that was asked for. */
export function recipeFor(task: string, options: TrainOptions, attention: AttentionChoice): Seq2SeqRecipe {
  const recipe =
    task === 'translation' ? recipeNamed(options.recipe ?? 'notes', translationRecipes) : only(task, options);
  if (attention === 'none') return { ...withoutAttention(recipe), name: recipe.name };
  if (attention === 'bahdanau') return recipe;
  const { arrangement: _, ...model } = recipe.model;
  return { ...recipe, model: { ...model, attention } };
}

function only(task: string, { recipe = task }: TrainOptions): Seq2SeqRecipe {
  if (recipe !== task) throw new Error(`${task} has no recipe '${recipe}', only its own: leave --recipe away`);
  return recipeNamed(task, syntheticRecipes);
}

/** What was typed of a task, checked. */
export function sequenceTaskOf(task: string, options: TrainOptions, recipe: Seq2SeqRecipe): SequenceTask {
  const { pairs, raw = false } = options;
  if (task !== 'translation') return { task: task as SequenceTask['task'], raw };
  if (options.columns !== undefined && pairs === undefined) {
    throw new Error("--columns says which columns of --pairs to take: the tutorial's pairs have --direction");
  }
  if (options.direction !== undefined && pairs !== undefined) {
    throw new Error(
      '--direction is of the tutorial’s pairs: of a file of your own, give --columns 2,1 to turn it around',
    );
  }
  if (pairs !== undefined) {
    const columns = columnsOf(options.columns ?? '1,2');
    return { task, pairs, columns, raw, maxLength: recipe.fillTo ?? recipe.decoding.maxLength ?? 50 };
  }
  const direction = directions.find((known) => known === (options.direction ?? 'fra-eng'));
  if (direction === undefined) {
    throw new Error(`there is no direction '${options.direction}', expected ${directions.join(' or ')}`);
  }
  // The tutorial's, for all recipes: they are compared on the same sentences.
  return { task, direction, raw, maxLength: 10 };
}

function columnsOf(text: string): [number, number] {
  const [, source, target] = /^(\d{1,3}),(\d{1,3})$/.exec(text) ?? [];
  if (source === undefined || Number(source) < 1 || Number(target) < 1 || source === target) {
    throw new Error(`--columns ${text}: expected two different column numbers from 1, as 1,2`);
  }
  return [Number(source) - 1, Number(target) - 1];
}

/** A text as the model was trained to read it. */
export function tokenize({ task, raw }: SequenceTask, text: string): string[] {
  if (task === 'dates') return [...text.trim()];
  const words = (task === 'translation' && !raw ? normalizeString(text) : text).split(/\s+/);
  return words.filter((word) => word !== '');
}

/** Tokens as text again. */
export function joinTokens({ task }: SequenceTask, tokens: readonly string[]): string {
  return tokens.join(task === 'dates' ? '' : ' ');
}

const languageNames: Readonly<Record<string, string>> = { eng: 'English', fra: 'French' };

/** How people call a task. */
export function titleOf({ task, direction, pairs }: SequenceTask): string {
  if (direction !== undefined) {
    const [from, to] = direction.split('-').map((code) => languageNames[code]);
    return `${from} to ${to}`;
  }
  return pairs === undefined ? task : `Translation of ${pairs}`;
}

import { adam, oneCycle, type Seq2SeqRecipe } from './recipe.ts';

/** What the tasks share: small enough for minutes on two cores, and the same with and without attention. */
const shared = {
  model: { attention: 'bahdanau', hiddenSize: 64, bidirectional: true, dropout: 0 },
  vocabulary: {},
  trainExamples: 10_000,
  batchSize: 64,
  ...adam,
  ...oneCycle,
  maxGradNorm: 1,
  bucket: true,
} as const;

/**
 * Settings for the synthetic tasks by name: `copy`, `reverse`, `sort`, `dates`. {@link withoutAttention} gives the same
 * without attention, to see what it is for.
 */
export const syntheticRecipes: Readonly<Record<string, Seq2SeqRecipe>> = {
  copy: {
    ...shared,
    name: 'copy',
    description: 'repeats a sequence',
    epochs: 8,
    learningRate: 0.004,
    decoding: { maxLength: 40 },
  },
  reverse: {
    ...shared,
    name: 'reverse',
    description: 'writes a sequence from its end to its beginning',
    epochs: 8,
    learningRate: 0.004,
    decoding: { maxLength: 40 },
  },
  sort: {
    ...shared,
    name: 'sort',
    description: 'writes the elements of a sequence in order',
    epochs: 8,
    learningRate: 0.004,
    decoding: { maxLength: 40 },
  },
  dates: {
    ...shared,
    name: 'dates',
    description: 'writes dates in ISO 8601, letter by letter',
    epochs: 6,
    learningRate: 0.004,
    decoding: { maxLength: 12 },
  },
};

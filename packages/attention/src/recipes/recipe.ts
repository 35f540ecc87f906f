import { type nn, type Objective, optim } from '@flambeau/core';
import type { BeamSearchOptions } from '../decoding/beamSearch.ts';
import type { Seq2SeqBatch } from '../seq2seq/batch.ts';
import type { Seq2SeqConfig } from '../seq2seq/config.ts';
import { translation } from '../seq2seq/objective.ts';
import type { Seq2Seq } from '../seq2seq/seq2seq.ts';
import type { VocabularyOptions } from '../vocabulary/vocabulary.ts';

/** How long a run is, and how fast it learns at its fastest. */
export interface ScheduleOptions {
  readonly lr: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
}

/** All that training a sequence to sequence model needs to be repeated, but for the data and the seed. */
export interface Seq2SeqRecipe {
  readonly name: string;
  /** One line for `--help`. */
  readonly description: string;
  /** The model, but for the sizes of its vocabularies. */
  readonly model: Seq2SeqConfig;
  /** How the vocabularies are made of the training sentences. */
  readonly vocabulary: VocabularyOptions;
  readonly batchSize: number;
  readonly epochs: number;
  /** How many examples are made for training, where they are made. */
  readonly trainExamples?: number;
  /** The learning rate; where there is a schedule, its highest. */
  readonly learningRate: number;
  /** The optimizer's name, for records. */
  readonly optimizer: string;
  createOptimizer(parameters: Iterable<nn.Parameter>, options: { lr: number }): optim.Optimizer;
  /** Makes what changes the learning rate after every step; absent where it stays. */
  createScheduler?(optimizer: optim.Optimizer, options: ScheduleOptions): optim.Scheduler;
  /** The schedule's name, for records. */
  readonly scheduler?: string;
  /** How much of each target is spread over all words while training. */
  readonly labelSmoothing?: number;
  /** Gradients are scaled down to this norm where theirs is larger. */
  readonly maxGradNorm?: number;
  /** Whether batches are made of pairs of like lengths. */
  readonly bucket?: boolean;
  /** As PyTorch's tutorial: batches are filled up to this many ids, all of which count. */
  readonly fillTo?: number;
  /** How translations are made. */
  readonly decoding: Omit<BeamSearchOptions, 'sos' | 'eos' | 'nBest'>;
}

export const adam = {
  optimizer: 'Adam',
  createOptimizer: (parameters: Iterable<nn.Parameter>, options: { lr: number }) => new optim.Adam(parameters, options),
};

/** Rises over the first tenth and falls to almost nothing: a network is trained to its end in few epochs. */
export const oneCycle = {
  scheduler: 'OneCycleLR',
  createScheduler: (optimizer: optim.Optimizer, { lr, epochs, stepsPerEpoch }: ScheduleOptions) =>
    new optim.OneCycleLR(optimizer, {
      maxLr: lr,
      epochs,
      stepsPerEpoch,
      pctStart: 0.1,
      divFactor: 10,
      finalDivFactor: 1000,
      cycleMomentum: false,
    }),
};

/**
 * What a recipe trains a model with.
 *
 * @example
 * ```ts
 * const trainer = new Trainer({ model, optimizer, scheduler, objective: objectiveOf(recipe, model) });
 * ```
 */
export function objectiveOf({ labelSmoothing }: Seq2SeqRecipe, model: Seq2Seq): Objective<Seq2SeqBatch> {
  return translation(model, { labelSmoothing });
}

/** The same recipe without attention: all that the decoder gets of the source is the encoder's last state. */
export function withoutAttention(recipe: Seq2SeqRecipe): Seq2SeqRecipe {
  const { arrangement: _, ...model } = recipe.model;
  return {
    ...recipe,
    name: `${recipe.name}-no-attention`,
    description: `${recipe.description}; without attention`,
    model: { ...model, attention: 'none' },
  };
}

import { reshape, type Tensor } from '@tensorflow/tfjs-core';
import { binaryCrossEntropyWithLogits } from '../functional/binaryCrossEntropy.ts';
import * as F from '../functional/loss.ts';
import { binaryCorrect, correct } from '../metrics/accuracy.ts';
import type { Module } from '../nn/module.ts';

/** A model from images (or whatever the loader gives) to logits. */
export type Classifier = Module & Forward;

/** What gives logits: a model, or a function beside one. */
export interface Forward {
  forward(input: Tensor): Tensor;
}

/** The loss of a batch: its mean over the examples. */
export type LossFunction = (logits: Tensor, target: Tensor) => Tensor;

/** An input and its class indices: what a `DataLoader` over pairs gives. */
export type LabelledBatch = readonly [input: Tensor, target: Tensor];

export type LabelledBatches = AsyncIterable<LabelledBatch>;

/**
 * What a {@link Trainer} minimises and counts: the step of a kind of batch, in training and in evaluation alike.
 *
 * @example
 * ```ts
 * // A translation model: the loss is a mean over tokens, and so is the accuracy.
 * const objective: Objective<TranslationBatch> = {
 *   forward: ({ source, target }) => {
 *     const logits = model.forward(source, target);
 *     return { loss: F.crossEntropy(logits, target), correct: metrics.correct(logits, target) };
 *   },
 *   examples: ({ source }) => source.shape[0],
 *   predictions: ({ target }) => target.size,
 * };
 * new Trainer({ model, optimizer, objective });
 * ```
 */
export interface Objective<Batch> {
  /** The loss (its mean over the batch's predictions) and how many predictions are right: scalars on the device. */
  forward(batch: Batch): { loss: Tensor; correct: Tensor };
  /** How many examples a batch has. */
  examples(batch: Batch): number;
  /** How many predictions a batch asks for, which accuracy is a share of. Default: one for each example. */
  predictions?(batch: Batch): number;
}

/** Cross-entropy (or another loss) of a classifier's logits; right is the class of the largest one. */
export function classification(
  model: Forward,
  lossFunction: LossFunction = (logits, target) => F.crossEntropy(logits, target),
): Objective<LabelledBatch> {
  return {
    forward: ([input, target]) => {
      const logits = model.forward(input);
      return { loss: lossFunction(logits, target), correct: correct(logits, target) };
    },
    examples: ([input]) => input.shape[0],
  };
}

/**
 * Binary cross-entropy of a model's one logit, `[N]` or `[N, 1]`, against 0 or 1, `[N]`; right is a logit on the target's
 * side of 0.
 */
export function binaryClassification(
  model: Forward,
  lossFunction: LossFunction = (logits, target) => binaryCrossEntropyWithLogits(logits, target),
): Objective<LabelledBatch> {
  return {
    forward: ([input, target]) => {
      const logits = reshape(model.forward(input), target.shape);
      return { loss: lossFunction(logits, target), correct: binaryCorrect(logits, target) };
    },
    examples: ([input]) => input.shape[0],
  };
}

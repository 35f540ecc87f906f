import { argMax, mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import * as F from '../functional/loss.ts';
import { correct } from '../metrics/accuracy.ts';
import type { ConfusionMatrix } from '../metrics/confusionMatrix.ts';
import { Totals } from '../metrics/totals.ts';
import { beginEvaluation } from '../nn/mode.ts';
import type { Module } from '../nn/module.ts';

/** A model from images (or whatever the loader gives) to logits. */
export type Classifier = Module & { forward(input: Tensor): Tensor };

/** The loss of a batch: its mean over the examples. */
export type LossFunction = (logits: Tensor, target: Tensor) => Tensor;

/** Batches of an input and its class indices: a `DataLoader` over pairs. */
export type LabelledBatches = AsyncIterable<readonly [input: Tensor, target: Tensor]>;

export interface Evaluation {
  /** The mean over the examples. */
  readonly loss: number;
  readonly accuracy: number;
  readonly correct: number;
  readonly examples: number;
}

/**
 * Loss and accuracy of a classifier over a loader, in evaluation mode; every module is put back into its own mode
 * afterwards.
 *
 * @param options.confusion - a matrix that the predictions are added to.
 * @throws {RangeError} if the loader gives no example.
 */
export async function evaluate(
  model: Classifier,
  loader: LabelledBatches,
  options: { readonly lossFunction?: LossFunction; readonly confusion?: ConfusionMatrix } = {},
): Promise<Evaluation> {
  const { lossFunction = (logits, target) => F.crossEntropy(logits, target), confusion } = options;
  const { backend } = model;
  const totals = new Totals<'loss' | 'correct'>();
  let examples = 0;
  const endEvaluation = beginEvaluation(model);
  try {
    for await (const [input, target] of loader) {
      const size = input.shape[0];
      examples += size;
      const { predictions, ...scalars } = backend.run(() =>
        tidy(() => {
          const logits = model.forward(input);
          const loss = mul(lossFunction(logits, target), size);
          return { loss, correct: correct(logits, target), predictions: argMax(logits, 1) };
        }),
      );
      totals.add(scalars);
      try {
        confusion?.update(await predictions.data(), await target.data());
      } finally {
        predictions.dispose();
      }
    }
  } catch (error) {
    await totals.discard();
    throw error;
  } finally {
    endEvaluation();
  }
  if (examples === 0) throw new RangeError('evaluate: the loader gave no example');
  const { loss, correct: right } = await totals.read();
  return { loss: loss / examples, accuracy: right / examples, correct: right, examples };
}

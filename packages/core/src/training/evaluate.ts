import { argMax, keep, mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { ConfusionMatrix } from '../metrics/confusionMatrix.ts';
import { Totals } from '../metrics/totals.ts';
import { beginEvaluation } from '../nn/mode.ts';
import type { Module } from '../nn/module.ts';
import {
  type Classifier,
  classification,
  type LabelledBatches,
  type LossFunction,
  type Objective,
} from './objective.ts';

export interface Evaluation {
  /** The mean over the predictions. */
  readonly loss: number;
  /** The share of the predictions that are right. */
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
  const { confusion, lossFunction } = options;
  if (confusion === undefined) return evaluateObjective(model, loader, classification(model, lossFunction));
  let predictions: Tensor | undefined;
  // The model as it is, but for its predictions, which are kept as they pass by: it runs once.
  const forward = (input: Tensor) => {
    const logits = model.forward(input);
    predictions = keep(argMax(logits, 1));
    return logits;
  };
  return evaluateObjective(model, loader, classification({ forward }, lossFunction), async ([, target]) => {
    try {
      confusion.update(await predictions!.data(), await target.data());
    } finally {
      predictions!.dispose();
    }
  });
}

/**
 * Loss and accuracy by an {@link Objective} over a loader, in evaluation mode; every module is put back into its own mode
 * afterwards.
 *
 * @param onBatch - is waited for after each batch, while its tensors are there.
 * @throws {RangeError} if the loader gives no example.
 */
export async function evaluateObjective<Batch>(
  model: Module,
  loader: AsyncIterable<Batch>,
  objective: Objective<Batch>,
  onBatch?: (batch: Batch) => Promise<void>,
): Promise<Evaluation> {
  const { backend } = model;
  const totals = new Totals<'loss' | 'correct'>();
  let examples = 0;
  let predictions = 0;
  const endEvaluation = beginEvaluation(model);
  try {
    for await (const batch of loader) {
      const size = objective.examples(batch);
      const asked = objective.predictions?.(batch) ?? size;
      examples += size;
      predictions += asked;
      totals.add(
        backend.run(() =>
          tidy(() => {
            const { loss, correct } = objective.forward(batch);
            return { loss: mul(loss, asked), correct };
          }),
        ),
      );
      await onBatch?.(batch);
    }
  } catch (error) {
    await totals.discard();
    throw error;
  } finally {
    endEvaluation();
  }
  if (examples === 0) throw new RangeError('evaluate: the loader gave no example');
  const { loss, correct } = await totals.read();
  return { loss: loss / predictions, accuracy: correct / predictions, correct, examples };
}

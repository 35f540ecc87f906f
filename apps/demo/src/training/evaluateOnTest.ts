import {
  type Classifier,
  data,
  type Evaluation,
  evaluate,
  type LabelledBatches,
  type LossFunction,
  metrics,
} from '@flambeau/core';
import type { ImageClassificationDataset } from '@flambeau/datasets';
import { type ClassFigures, type ImageModel, perClass } from '@flambeau/vision';
import { count, percent } from '../console/amounts.ts';
import { formatTable } from '../console/table.ts';

/** The notes test in batches of this many; the figures do not depend on it. */
export const testBatchSize = 1000;

/** What a model does on a test set. */
export interface TestEvaluation extends Evaluation {
  readonly confusion: number[][];
  readonly classes: ClassFigures[];
}

/** Evaluates a model on a test set, in the data set's order. */
export function evaluateOnTest(model: ImageModel, test: ImageClassificationDataset): Promise<TestEvaluation> {
  const loader = new data.DataLoader(test, { batchSize: testBatchSize, backend: model.backend });
  return evaluateBatches(model, loader, test.classes);
}

/** Loss, accuracy and what was taken for what, over batches. */
export async function evaluateBatches(
  model: Classifier,
  loader: LabelledBatches,
  classes: readonly string[],
  lossFunction?: LossFunction,
): Promise<TestEvaluation> {
  const matrix = new metrics.ConfusionMatrix(classes.length);
  const evaluation = await evaluate(model, loader, { lossFunction, confusion: matrix });
  const confusion = matrix.toArray();
  return { ...evaluation, confusion, classes: perClass(confusion, classes) };
}

/** Figures and the table of classes, for people. */
export function testReport(evaluation: TestEvaluation, classes: readonly string[], unit = 'images'): string {
  const { confusion } = evaluation;
  const rows = evaluation.classes.map(({ name, precision, recall, f1, support }, index) => {
    const row = confusion[index]!;
    const mistakes = row.map((times, other) => (other === index ? -1 : times));
    const most = Math.max(...mistakes);
    const confused = most > 0 ? `${classes[mistakes.indexOf(most)]} (${most})` : '–';
    return [name, percent(precision), percent(recall), percent(f1), count(support), confused];
  });
  return [
    `test accuracy ${percent(evaluation.accuracy)} (${count(evaluation.correct)} of ${count(evaluation.examples)}), loss ${evaluation.loss.toFixed(4)}`,
    '',
    formatTable(['class', 'precision', 'recall', 'F1', unit, 'most often taken for'], rows, {
      right: [1, 2, 3, 4],
    }),
  ].join('\n');
}

import { type Classifier, type LabelledBatches, tidy } from '@flambeau/core';
import { softmax } from '@tensorflow/tfjs-core';

/** An image that was taken for what it is not. */
export interface Mistake {
  /** Its place in the loader's order. */
  readonly index: number;
  /** Its class. */
  readonly label: number;
  /** The class that it was taken for. */
  readonly predicted: number;
  /** The softmax of the class that it was taken for: how sure the model is. */
  readonly probability: number;
}

/**
 * The images that a model gets wrong and is most sure of, the surest first: where labels are doubtful, classes overlap or
 * the model has learned something odd, they show it. The model runs in evaluation mode and is put back into its own.
 *
 * Shape: a loader of images `[B, C, H, W]` and labels `[B]` → at most `count` mistakes.
 *
 * @param loader - in the data set's order, so that `index` is the image's place there.
 * @param options.count - how many at most. Default 25.
 * @throws RangeError if `count` is not a whole number above 0.
 *
 * @example
 * ```ts
 * const mistakes = await mostConfidentlyWrong(model, new data.DataLoader(test, { batchSize: 1000 }), { count: 20 });
 * const { index, label, predicted, probability } = mistakes[0]; // 4740, 0, 3, 0.9998
 * ```
 */
export async function mostConfidentlyWrong(
  model: Classifier,
  loader: LabelledBatches,
  { count = 25 }: { readonly count?: number } = {},
): Promise<Mistake[]> {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`mostConfidentlyWrong: expected count whole and above 0, got ${count}`);
  }
  const modes = model.modules().map((module) => [module, module.training] as const);
  model.eval();
  let worst: Mistake[] = [];
  let seen = 0;
  try {
    for await (const [images, labels] of loader) {
      const probabilities = model.backend.run(() => tidy(() => softmax(model.forward(images))));
      const [rows, truth] = await Promise.all([probabilities.data(), labels.data()]);
      const classes = probabilities.shape[1]!;
      probabilities.dispose();
      for (const [position, label] of truth.entries()) {
        const row = Array.from(rows.subarray(position * classes, (position + 1) * classes));
        const probability = Math.max(...row);
        const predicted = row.indexOf(probability);
        if (predicted !== label) worst.push({ index: seen + position, label, predicted, probability });
      }
      seen += truth.length;
      worst = worst.sort((a, b) => b.probability - a.probability || a.index - b.index).slice(0, count);
    }
  } finally {
    for (const [module, training] of modes) module.training = training;
  }
  return worst;
}

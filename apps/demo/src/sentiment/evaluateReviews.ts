import { metrics } from '@flambeau/core';
import type { ReviewDataset } from '@flambeau/datasets';
import { type TextClassifier, TokenizedTexts } from '@flambeau/text';
import { perClass } from '@flambeau/vision';
import type { TestEvaluation } from '../training/evaluateOnTest.ts';

/** What a classifier, all its branches, makes of reviews whose classes are known. */
export async function evaluateReviews(classifier: TextClassifier, reviews: ReviewDataset): Promise<TestEvaluation> {
  const texts = TokenizedTexts.of(reviews.texts(), classifier.tokenizer);
  const { predictions, ...evaluation } = await classifier.evaluate(texts, reviews.labels);
  const matrix = new metrics.ConfusionMatrix(classifier.labels.length);
  matrix.update(predictions, reviews.labels);
  const confusion = matrix.toArray();
  return { ...evaluation, confusion, classes: perClass(confusion, classifier.labels) };
}

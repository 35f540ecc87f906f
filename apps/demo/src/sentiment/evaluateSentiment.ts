import type { Safetensors } from '@flambeau/core';
import type { BackendChoice, CheckpointChoice, DataChoice, OutputOptions } from '../commandLine/options.ts';
import { createOutput } from '../console/output.ts';
import { testReport } from '../training/evaluateOnTest.ts';
import { evaluateReviews } from './evaluateReviews.ts';
import { loadReviews } from './loadReviews.ts';
import { loadClassifier } from './sentimentCheckpoint.ts';

/** `flambeau evaluate CHECKPOINT` of a text classifier: accuracy, classes and confusion matrix on the test reviews. */
export async function evaluateSentiment(
  checkpoint: string,
  options: BackendChoice & CheckpointChoice & DataChoice & OutputOptions,
  weights: Safetensors,
): Promise<void> {
  const output = createOutput(options);
  const classifier = await loadClassifier(checkpoint, options, weights);
  const { test, source } = await loadReviews(output, options);
  const evaluation = await evaluateReviews(classifier, test);
  const { backend } = classifier.cnn;
  output.event({
    event: 'evaluation',
    checkpoint,
    task: 'imdb',
    model: 'TextCnn',
    recipe: weights.metadata.get('recipe'),
    backend: backend.name,
    device: backend.device,
    dataSource: source.kind,
    testExamples: test.length,
    testLoss: evaluation.loss,
    testAccuracy: evaluation.accuracy,
    classes: evaluation.classes,
    confusion: evaluation.confusion,
  });
  output.result(testReport(evaluation, classifier.labels, 'reviews'));
}

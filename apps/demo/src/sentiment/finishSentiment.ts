import { loadSafetensors } from '@flambeau/core/node';
import type { ReviewDataset } from '@flambeau/datasets';
import type { ReviewSource } from '@flambeau/datasets/node';
import { classifierState, finishTraining, type TextTraining } from '@flambeau/text';
import { confusionMatrixPlot, trainingCurves } from '@flambeau/vision';
import { howToRun } from '../commandLine/howToRun.ts';
import type { Output } from '../console/output.ts';
import type { RunFolder } from '../runs/runFolder.ts';
import { testReport } from '../training/evaluateOnTest.ts';
import type { RunRecorder } from '../training/runRecorder.ts';
import { evaluateReviews } from './evaluateReviews.ts';

/** What a run that has come to its end is finished with. */
export interface FinishSentimentOptions {
  readonly run: RunFolder;
  readonly output: Output;
  readonly recorder: RunRecorder;
  readonly training: TextTraining;
  readonly test: ReviewDataset;
  readonly source: ReviewSource;
  readonly settings: { readonly recipe: string; readonly seed: number };
  readonly signal: AbortSignal;
}

/**
 * Takes the weights that did best on the held-out reviews, adds the recipe's n-grams where it has them, keeps the whole in
 * `weights/best`, evaluates it on the test reviews and draws.
 */
export async function finishSentiment(options: FinishSentimentOptions): Promise<void> {
  const { run, output, recorder, training, test, source, settings, signal } = options;
  const { history } = recorder;
  const best = recorder.best!;
  const checkpoint = run.weights('best');
  const { tensors } = await loadSafetensors(checkpoint);
  const names = Object.keys(await training.model.stateDict());
  // A run that goes on after its end finds the n-grams of before in the file, too.
  training.model.loadStateDict(new Map(names.map((name) => [name, tensors.get(name)!])));
  const classifier = await finishTraining(training, {
    onProgress: (what) => {
      signal.throwIfAborted();
      output.say(what);
    },
  });
  signal.throwIfAborted();
  const state = await classifierState(classifier);
  await run.saveWeights('best', state.tensors, {
    task: 'imdb',
    recipe: settings.recipe,
    seed: String(settings.seed),
    epoch: String(best.epoch),
    validationAccuracy: String(best.accuracy),
    ...state.metadata,
  });
  const evaluation = await evaluateReviews(classifier, test);
  signal.throwIfAborted();
  const subtitle = `TextCnn, recipe ${settings.recipe}, seed ${settings.seed}`;
  const title = source.isComplete ? 'IMDB' : 'IMDB (in part)';
  const plots = [
    await run.writePicture(
      'curves',
      trainingCurves(history, {
        title,
        subtitle,
        testName: 'validation',
        lossName: 'binary cross-entropy per review',
      }),
    ),
    await run.writePicture(
      'confusion-matrix',
      confusionMatrixPlot(evaluation.confusion, classifier.labels, {
        title: 'Confusion matrix',
        subtitle: `${title} test reviews`,
      }),
    ),
  ];
  const blend = classifier.wide?.blend;
  await recorder.emit({
    event: 'done',
    testAccuracy: evaluation.accuracy,
    testLoss: evaluation.loss,
    confusion: evaluation.confusion,
    trainAccuracy: history.at(-1)!.trainAccuracy,
    bestEpoch: best.epoch,
    bestValidationAccuracy: best.accuracy,
    ...(blend && { blend }),
    epochs: history.length,
    dataSource: source.kind,
    runDir: run.path,
    checkpoint,
    plots,
  });
  output.result(`\n${testReport(evaluation, classifier.labels, 'reviews')}\n`);
  output.result(`weights   ${checkpoint} (epoch ${best.epoch}, the best on held-out training reviews)`);
  output.result(`curves    ${plots[0]}`);
  output.result(`mistakes  ${plots[1]}`);
  output.result(`\nTry it: ${howToRun} sentiment ${checkpoint} "Not bad at all, in fact rather good."`);
}

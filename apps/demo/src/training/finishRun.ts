import { join } from 'node:path';
import { data } from '@flambeau/core';
import type { ImageClassificationDataset } from '@flambeau/datasets';
import type { DataSource } from '@flambeau/datasets/node';
import {
  confusionMatrixPlot,
  type ImageModel,
  mistakeSheet,
  mostConfidentlyWrong,
  trainingCurves,
} from '@flambeau/vision';
import { howToRun } from '../commandLine/howToRun.ts';
import { count } from '../console/amounts.ts';
import type { Output } from '../console/output.ts';
import type { RunFolder } from '../runs/runFolder.ts';
import { drawFeatures } from './drawFeatures.ts';
import { evaluateOnTest, type TestEvaluation, testBatchSize, testReport } from './evaluateOnTest.ts';
import type { RunRecorder } from './runRecorder.ts';

/** What a run that has come to its end is finished with. */
export interface FinishOptions {
  readonly run: RunFolder;
  readonly output: Output;
  readonly recorder: RunRecorder;
  readonly model: ImageModel;
  readonly test: ImageClassificationDataset;
  /** What the last epoch's weights did on the test set, where they have been evaluated. */
  readonly evaluation: TestEvaluation | undefined;
  readonly classes: readonly string[];
  readonly source: DataSource;
  /** How people call the data set. */
  readonly title: string;
  /** Whether to draw feature maps and filters, too. */
  readonly showFeatures: boolean;
  readonly settings: { readonly recipe: string; readonly seed: number };
}

/** How many of the most confidently wrong images are drawn. */
const mistakesShown = 25;

/**
 * Draws curves, confusion matrix, the most confidently wrong images and, if asked, feature maps of the last epoch's
 * weights, and says where all is.
 */
export async function finishRun(options: FinishOptions): Promise<void> {
  const { run, output, recorder, model, test, classes, source, showFeatures, settings } = options;
  const { history, best } = recorder;
  // A run that was stopped after its last epoch and before this point has not been evaluated by this process.
  const evaluation = options.evaluation ?? (await evaluateOnTest(model, test));
  const subtitle = `${model.constructor.name}, recipe ${settings.recipe}, seed ${settings.seed}`;
  const title = source.isComplete ? options.title : `${options.title} (shipped sample)`;
  const plots = [
    await run.writePicture('curves', trainingCurves(history, { title, subtitle })),
    await run.writePicture(
      'confusion-matrix',
      confusionMatrixPlot(evaluation.confusion, classes, { title: 'Confusion matrix', subtitle: `${title} test set` }),
    ),
  ];
  const inOrder = new data.DataLoader(test, { batchSize: testBatchSize, backend: model.backend });
  const mistakes = await mostConfidentlyWrong(model, inOrder, { count: mistakesShown });
  if (mistakes.length > 0) {
    const sheet = mistakeSheet(mistakes, ({ index }) => test.get(index)[0], classes, {
      subtitle: `${title} test set, ${subtitle}`,
    });
    plots.push(await run.writePicture('most-confidently-wrong', sheet));
  }
  const features = showFeatures
    ? await drawFeatures(model, test, {
        index: 0,
        classes,
        title: options.title,
        folder: join(run.path, 'feature-maps'),
      })
    : undefined;
  const checkpoint = run.weights('last');
  await recorder.emit({
    event: 'done',
    testAccuracy: evaluation.accuracy,
    testLoss: evaluation.loss,
    trainAccuracy: history.at(-1)!.trainAccuracy,
    bestEpoch: best!.epoch,
    bestTestAccuracy: best!.accuracy,
    epochs: history.length,
    dataSource: source.kind,
    runDir: run.path,
    checkpoint,
    plots: [...plots, ...(features?.files ?? [])],
  });
  output.result(`\n${testReport(evaluation, classes)}\n`);
  output.result(`weights   ${checkpoint} (best: epoch ${best!.epoch})`);
  output.result(`curves    ${plots[0]}`);
  for (const plot of plots.slice(1)) output.result(`mistakes  ${plot}`);
  if (features) {
    output.result(`features  ${features.folder} (test image 0, ${features.label}, taken for: ${features.prediction})`);
    const share = source.isComplete ? '' : ` on a sample of ${count(recorder.trainExamples)} images`;
    output.result(
      `\nDone${share}: open the PNG files above, or look at another image with: ${howToRun} feature-maps ${checkpoint} --index 1`,
    );
  }
}

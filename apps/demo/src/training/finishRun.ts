import { join } from 'node:path';
import type { ImageClassificationDataset } from '@flambeau/datasets';
import type { DataSource } from '@flambeau/datasets/node';
import { confusionMatrixPlot, type ImageModel, trainingCurves } from '@flambeau/vision';
import { howToRun } from '../commandLine/howToRun.ts';
import { count } from '../console/amounts.ts';
import type { Output } from '../console/output.ts';
import type { RunFolder } from '../runs/runFolder.ts';
import { drawFeatures } from './drawFeatures.ts';
import { evaluateOnTest, testReport } from './evaluateOnTest.ts';
import type { RunRecorder } from './runRecorder.ts';

/** What a run that has come to its end is finished with. */
export interface FinishOptions {
  readonly run: RunFolder;
  readonly output: Output;
  readonly recorder: RunRecorder;
  readonly model: ImageModel;
  readonly test: ImageClassificationDataset;
  readonly classes: readonly string[];
  readonly source: DataSource;
  /** Whether to draw feature maps and filters, too. */
  readonly showFeatures: boolean;
  readonly settings: { readonly recipe: string; readonly seed: number };
}

/** Evaluates the last epoch's weights, draws curves, confusion matrix and, if asked, feature maps, and says where all is. */
export async function finishRun(options: FinishOptions): Promise<void> {
  const { run, output, recorder, model, test, classes, source, showFeatures, settings } = options;
  const { history, best } = recorder;
  const evaluation = await evaluateOnTest(model, test);
  const subtitle = `${model.constructor.name}, recipe ${settings.recipe}, seed ${settings.seed}`;
  const title = source.isComplete ? 'FashionMNIST' : 'FashionMNIST (shipped sample)';
  const plots = [
    await run.writePicture('curves', trainingCurves(history, { title, subtitle })),
    await run.writePicture(
      'confusion-matrix',
      confusionMatrixPlot(evaluation.confusion, classes, { title: 'Confusion matrix', subtitle: `${title} test set` }),
    ),
  ];
  const features = showFeatures
    ? await drawFeatures(model, test, { index: 0, classes, folder: join(run.path, 'feature-maps') })
    : undefined;
  const checkpoint = run.weights('last');
  await recorder.emit({
    event: 'done',
    testAccuracy: evaluation.accuracy,
    testLoss: evaluation.loss,
    trainAccuracy: history.at(-1)!.trainAccuracy,
    bestEpoch: best!.epoch,
    bestTestAccuracy: best!.testAccuracy,
    epochs: history.length,
    dataSource: source.kind,
    runDir: run.path,
    checkpoint,
    plots: [...plots, ...(features?.files ?? [])],
  });
  output.result(`\n${testReport(evaluation, classes)}\n`);
  output.result(`weights   ${checkpoint} (best: epoch ${best!.epoch})`);
  output.result(`curves    ${plots[0]}`);
  output.result(`mistakes  ${plots[1]}`);
  if (features) {
    output.result(`features  ${features.folder} (test image 0, ${features.label}, taken for: ${features.prediction})`);
    const share = source.isComplete ? '' : ` on a sample of ${count(recorder.trainExamples)} images`;
    output.result(
      `\nDone${share}: open the PNG files above, or look at another image with: ${howToRun} feature-maps ${checkpoint} --index 1`,
    );
  }
}

import { join } from 'node:path';
import {
  accuracyByLengthPlot,
  alignmentPlot,
  type Seq2Seq,
  type Translation,
  type Translator,
} from '@flambeau/attention';
import { loadSafetensors, writeFileAtomic } from '@flambeau/core/node';
import { trainingCurves } from '@flambeau/vision';
import { howToRun } from '../commandLine/howToRun.ts';
import type { Output } from '../console/output.ts';
import type { RunFolder } from '../runs/runFolder.ts';
import type { RunRecorder } from '../training/runRecorder.ts';
import {
  evaluateTranslator,
  evaluationFigures,
  evaluationReport,
  type TranslatorEvaluation,
} from './evaluateTranslator.ts';
import type { SequenceData, TestSequence } from './sequenceData.ts';
import { joinTokens, type SequenceTask, titleOf } from './sequenceTask.ts';

export interface FinishSequencesOptions {
  readonly run: RunFolder;
  readonly output: Output;
  readonly recorder: RunRecorder;
  readonly model: Seq2Seq;
  readonly translator: Translator;
  readonly task: SequenceTask;
  readonly data: SequenceData;
  /** What stands under titles. */
  readonly subtitle: string;
  /** How the series of this run is called. */
  readonly attention: string;
  readonly signal: AbortSignal;
}

/**
 * Evaluates the last epoch's weights on the test set, and beside them the best ones by validation; draws curves, accuracy by
 * length and an alignment; and says where all is.
 */
export async function finishSequences(options: FinishSequencesOptions): Promise<void> {
  const { run, output, recorder, translator, task, data, subtitle, attention, signal } = options;
  const { history, best } = recorder;
  const { test } = data;
  const evaluation = await evaluateTranslator(translator, task, test, signal);
  const title = titleOf(task);
  const curves = trainingCurves(history, {
    title,
    subtitle,
    testName: 'validation',
    lossName: 'cross-entropy per token',
  });
  const plots = [
    await run.writePicture('curves', curves),
    await run.writePicture(
      'accuracy-by-length',
      accuracyByLengthPlot([{ name: attention, points: evaluation.byLength }], {
        title: `${title}: accuracy by source length`,
        subtitle,
      }),
    ),
  ];
  const example = mostTelling(evaluation, test);
  if (example !== undefined) {
    const picture = alignmentPlot(example, {
      title: joinTokens(task, example.words),
      subtitle: joinTokens(task, example.source.slice(0, -1)),
    });
    plots.push(await run.writePicture('alignment', picture));
  }
  await writeFileAtomic(join(run.path, 'translations.tsv'), table(task, evaluation, test));
  const bestFigures = await evaluateBest(options, history.length - 1);
  const checkpoint = run.weights('last');
  await recorder.emit({
    event: 'done',
    ...evaluationFigures(evaluation),
    trainAccuracy: history.at(-1)!.trainAccuracy,
    trainLoss: history.at(-1)!.trainLoss,
    bestEpoch: best!.epoch,
    bestValidationAccuracy: best!.accuracy,
    ...bestFigures,
    epochs: history.length,
    dataSource: data.kind,
    runDir: run.path,
    checkpoint,
    plots,
  });
  output.result(`\n${evaluationReport(task, evaluation, test)}\n`);
  if (bestFigures !== undefined) {
    output.result(
      `best      epoch ${best!.epoch} by validation: BLEU ${bestFigures.bestTestBleu.toFixed(2)}, ` +
        `${(100 * bestFigures.bestTestAccuracy).toFixed(2)}% exactly right (${run.weights('best')})`,
    );
  }
  output.result(`weights   ${checkpoint}`);
  for (const plot of plots) output.result(`picture   ${plot}`);
  output.result(`all       ${join(run.path, 'translations.tsv')}`);
  const sample = joinTokens(task, test[0]!.source).replaceAll('"', '');
  output.result(`\nTry it: ${howToRun} translate ${checkpoint} "${sample}"`);
}

/** The best weights by validation, on the test set; undefined where they are the last ones. */
async function evaluateBest(
  { run, recorder, model, translator, task, data, signal }: FinishSequencesOptions,
  lastEpoch: number,
): Promise<{ bestTestAccuracy: number; bestTestBleu: number } | undefined> {
  if (recorder.best!.epoch === lastEpoch) return undefined;
  model.loadStateDict((await loadSafetensors(run.weights('best'))).tensors);
  const { sequenceAccuracy, bleu } = await evaluateTranslator(translator, task, data.test, signal);
  return { bestTestAccuracy: sequenceAccuracy, bestTestBleu: bleu.score };
}

type Aligned = Translation & { readonly attention: NonNullable<Translation['attention']> };

/** The longest source that was translated rightly, or else the first one; undefined without attention. */
function mostTelling({ translations }: TranslatorEvaluation, test: readonly TestSequence[]): Aligned | undefined {
  const aligned = translations
    .map((translation, index) => ({ translation, references: test[index]!.references }))
    .filter(
      (pair): pair is { translation: Aligned; references: TestSequence['references'] } =>
        pair.translation.attention !== null,
    );
  const right = aligned.filter(({ translation, references }) =>
    references.some((reference) => reference.join(' ') === translation.words.join(' ')),
  );
  const candidates = right.length > 0 ? right : aligned.slice(0, 1);
  return candidates
    .map(({ translation }) => translation)
    .reduce<Aligned | undefined>(
      (longest, next) => (longest === undefined || next.source.length > longest.source.length ? next : longest),
      undefined,
    );
}

/** Every test source with what was written and what is right, in columns separated by tabs. */
function table(task: SequenceTask, { translations }: TranslatorEvaluation, test: readonly TestSequence[]): string {
  const rows = test.map(({ source, references }, index) =>
    [source, translations[index]!.words, ...references].map((tokens) => joinTokens(task, tokens)).join('\t'),
  );
  return `${['source\twritten\texpected', ...rows].join('\n')}\n`;
}

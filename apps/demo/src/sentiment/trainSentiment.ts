import { join } from 'node:path';
import { createBackend, manualSeed, setDefaultBackend, Trainer } from '@flambeau/core';
import { writeFileAtomic } from '@flambeau/core/node';
import {
  classifierMetadata,
  getTokenizer,
  prepareTraining,
  recipeNamed,
  serializeVocab,
  type TextRecipe,
  TokenizedTexts,
} from '@flambeau/text';
import { InterruptedError } from '../commandLine/failure.ts';
import { howToRun } from '../commandLine/howToRun.ts';
import { onInterrupt } from '../commandLine/interrupt.ts';
import { count } from '../console/amounts.ts';
import { createOutput } from '../console/output.ts';
import { RunFolder } from '../runs/runFolder.ts';
import { versions } from '../runs/versions.ts';
import { checkSameData } from '../training/resumeRun.ts';
import { RunRecorder } from '../training/runRecorder.ts';
import type { TrainContext } from '../training/tasks.ts';
import type { TrainOptions } from '../training/trainOptions.ts';
import { finishSentiment } from './finishSentiment.ts';
import { loadReviews, loadVectors } from './loadReviews.ts';

/** What the recipe leaves to whoever types the command. */
function resolveSettings(options: TrainOptions, recipe: TextRecipe) {
  return {
    recipe: recipe.name,
    epochs: options.epochs ?? recipe.epochs,
    batchSize: options.batchSize ?? recipe.batchSize,
    learningRate: options.lr ?? recipe.learningRate,
    optimizer: recipe.optimizer,
    ...(recipe.scheduler !== undefined && { scheduler: recipe.scheduler }),
    vectors: options.vectors ?? 'glove',
    seed: options.seed,
    ...(options.limit !== undefined && { limit: options.limit }),
    ...(options.patience !== undefined && { patience: options.patience }),
  };
}

/**
 * `flambeau train imdb`: trains a recipe on film reviews, keeps what it finds in a run folder, and reports what the weights
 * that did best on held-out training reviews do on the test reviews, which choose nothing.
 *
 * @param task - `imdb`.
 */
export async function trainSentiment(
  task: string,
  options: TrainOptions,
  { resume }: TrainContext = {},
): Promise<void> {
  const output = createOutput(options);
  const recipe = recipeNamed(options.recipe ?? 'notes');
  const settings = resolveSettings(options, recipe);
  await RunFolder.check(options.out);
  const backend = await createBackend(options.backend, { threads: options.threads });
  setDefaultBackend(backend);
  const { signal, release } = onInterrupt();
  try {
    const { dataDir, offline } = options;
    const { train, test, classes, source } = await loadReviews(output, {
      dataDir,
      offline,
      limit: options.limit,
      signal,
    });
    const texts = TokenizedTexts.of(train.texts(), getTokenizer(recipe.tokenizer));
    signal.throwIfAborted();
    // Only the vectors of words that occur are kept in memory; which of them the vocabulary takes is seen later.
    const glove =
      settings.vectors === 'glove'
        ? await loadVectors(output, texts.types, recipe.embeddingDim, { dataDir, offline, signal })
        : undefined;
    const checksums = { ...source.checksums, ...glove?.source.checksums };
    if (resume) checkSameData(resume.config, checksums, resume.run.path);
    const run = resume?.run ?? (await RunFolder.create(task, options.out));

    manualSeed(settings.seed);
    const training = prepareTraining(recipe, {
      texts,
      labels: train.labels,
      classes,
      ...(glove && { vectors: glove.vectors }),
      batchSize: settings.batchSize,
      backend,
    });
    const { model, vocab, objective, trainLoader, heldOutLoader, trainLabels, heldOutLabels } = training;
    const optimizer = recipe.createOptimizer(model.parameters(), { lr: settings.learningRate });
    const scheduler = recipe.createScheduler?.(optimizer, {
      lr: settings.learningRate,
      epochs: settings.epochs,
      stepsPerEpoch: trainLoader.length,
    });

    const parameters = model.parameters().reduce((sum, parameter) => sum + parameter.size, 0);
    const about = {
      task,
      model: 'TextCnn',
      parameters,
      backend: backend.name,
      device: backend.device,
      trainExamples: trainLabels.length,
      validationExamples: heldOutLabels.length,
      testExamples: test.length,
      vocabulary: vocab.length,
      wordsWithVector: training.wordsWithVector,
      dataSource: source.kind,
      dataPath: source.path,
      ...settings,
      runDir: run.path,
    };
    const metadata = classifierMetadata(training.classifier);
    const recorder = new RunRecorder({ run, output, model, about, metadata, heldOut: 'validation', unit: ' reviews' });
    const trainer = new Trainer({ model, optimizer, scheduler, objective, callbacks: recorder.callbacks });
    const state = await resume?.run.loadResume();
    if (state !== undefined) run.restore(() => trainer.loadStateDict(state));
    await writeFileAtomic(join(run.path, 'vocabulary.json'), serializeVocab(vocab));
    await run.writeConfig({
      ...about,
      started: resume?.config.started ?? new Date().toISOString(),
      ...(resume && { resumed: new Date().toISOString() }),
      ...(options.threads !== undefined && { threads: options.threads }),
      ...(dataDir !== undefined && { dataDir }),
      validation:
        'training reviews held out by the seed: they pick weights/best (and its blend of branches), whose test accuracy is reported; test reviews choose nothing',
      dataIsComplete: source.isComplete,
      reviews: source.counts,
      dataChecksums: checksums,
      versions: versions(),
    });
    output.say(
      `TextCnn, recipe ${recipe.name}, ${count(parameters)} parameters, on ${backend.name} (${backend.device}): ` +
        `${count(trainLabels.length)} training, ${count(heldOutLabels.length)} validation and ${count(test.length)} test reviews, ` +
        `${count(vocab.length)} words, ${count(training.wordsWithVector)} with a vector, run folder ${run.path}`,
    );
    if (resume) output.say(`going on with epoch ${trainer.epoch}, after ${count(trainer.step)} steps`);
    await recorder.guard(() =>
      trainer.fit(trainLoader, { epochs: settings.epochs, validation: heldOutLoader, signal }),
    );
    await finishSentiment({ run, output, recorder, training, test, source, settings, signal }).catch(
      (error: unknown) => {
        if (!(error instanceof InterruptedError)) throw error;
        const goOn = `${howToRun} train ${task} --resume ${run.path}`;
        const message = `interrupted while testing: training is done and kept; go on with: ${goOn}`;
        throw new InterruptedError(message, error.exitCode);
      },
    );
  } finally {
    release();
  }
}

import { relative } from 'node:path';
import { createBackend, data, manualSeed, setDefaultBackend } from '@flambeau/core';
import { lossFunctionOf, type Recipe, recipeNamed } from '@flambeau/vision';
import { onInterrupt } from '../commandLine/interrupt.ts';
import { count } from '../console/amounts.ts';
import { createOutput } from '../console/output.ts';
import { RunFolder } from '../runs/runFolder.ts';
import { versions } from '../runs/versions.ts';
import { testBatchSize } from './evaluateOnTest.ts';
import { finishRun } from './finishRun.ts';
import { ImageTrainer } from './imageTrainer.ts';
import { loadData } from './loadData.ts';
import { checkSameData } from './resumeRun.ts';
import { RunRecorder } from './runRecorder.ts';
import type { TrainContext } from './tasks.ts';
import type { TrainOptions } from './trainOptions.ts';

/** What the recipe leaves to whoever types the command. */
function resolveSettings(options: TrainOptions, recipe: Recipe) {
  return {
    recipe: recipe.name,
    epochs: options.epochs ?? recipe.epochs,
    batchSize: options.batchSize ?? recipe.batchSize,
    learningRate: options.lr ?? recipe.learningRate,
    optimizer: recipe.optimizer,
    ...(recipe.scheduler !== undefined && { scheduler: recipe.scheduler }),
    ...(recipe.labelSmoothing !== undefined && { labelSmoothing: recipe.labelSmoothing }),
    ...(recipe.transform !== undefined && { transform: `${recipe.transform}` }),
    seed: options.seed,
    ...(options.limit !== undefined && { limit: options.limit }),
    ...(options.patience !== undefined && { patience: options.patience }),
  };
}

/**
 * `flambeau train TASK` and, with `showFeatures`, `flambeau demo`: trains a recipe on an image data set, keeps what it
 * finds in a run folder, evaluates the last epoch's weights and draws.
 *
 * From the same seed the weights, the order of the images and so the losses are those of the same script in PyTorch.
 *
 * @param task - the data set's name.
 */
export async function trainImages(
  task: string,
  options: TrainOptions,
  { showFeatures = false, resume }: TrainContext = {},
): Promise<void> {
  const output = createOutput(options);
  const recipe = recipeNamed(options.recipe ?? 'notes');
  const settings = resolveSettings(options, recipe);
  await RunFolder.check(options.out);
  const backend = await createBackend(options.backend, { threads: options.threads });
  setDefaultBackend(backend);
  const { signal, release } = onInterrupt();
  try {
    const { train, test, classes, source, title } = await loadData(output, task, {
      dataDir: options.dataDir,
      offline: options.offline,
      limit: options.limit,
      signal,
    });
    if (resume) checkSameData(resume.config, source.checksums, resume.run.path);
    const run = resume?.run ?? (await RunFolder.create(task, options.out));

    manualSeed(settings.seed);
    const model = recipe.model.create({ backend });
    const optimizer = recipe.createOptimizer(model.parameters(), { lr: settings.learningRate });
    const { transform } = recipe;
    const trainLoader = new data.DataLoader(train, {
      batchSize: settings.batchSize,
      shuffle: true,
      backend,
      ...(transform && {
        transform: ([images, labels], generator) => [transform.forward(images, generator), labels],
      }),
    });
    const scheduler = recipe.createScheduler?.(optimizer, {
      lr: settings.learningRate,
      epochs: settings.epochs,
      stepsPerEpoch: trainLoader.length,
    });
    const testLoader = new data.DataLoader(test, { batchSize: testBatchSize, backend });

    const parameters = model.parameters().reduce((sum, parameter) => sum + parameter.size, 0);
    const about = {
      task,
      model: recipe.model.name,
      parameters,
      backend: backend.name,
      device: backend.device,
      trainExamples: train.length,
      testExamples: test.length,
      dataSource: source.kind,
      dataPath: source.path,
      ...settings,
      runDir: run.path,
    };
    const recorder = new RunRecorder({ run, output, model, about, heldOut: 'test', unit: ' images' });
    const lossFunction = lossFunctionOf(recipe, model);
    const trainer = new ImageTrainer(
      { model, optimizer, scheduler, lossFunction, callbacks: recorder.callbacks },
      classes,
    );
    const state = await resume?.run.loadResume();
    if (state !== undefined) run.restore(() => trainer.loadStateDict(state));
    const judges = settings.patience === undefined ? 'picks weights/best' : 'picks weights/best and ends the run';
    await run.writeConfig({
      ...about,
      started: resume?.config.started ?? new Date().toISOString(),
      ...(resume && { resumed: new Date().toISOString() }),
      ...(options.threads !== undefined && { threads: options.threads }),
      ...(options.dataDir !== undefined && { dataDir: options.dataDir }),
      // Said openly, since it flatters the best checkpoint: there is no held-out part.
      validation: `the test set after each epoch: it ${judges}; the reported test accuracy is the last epoch's`,
      dataIsComplete: source.isComplete,
      dataChecksums: source.checksums,
      versions: versions(),
    });
    output.say(
      `${about.model}, ${count(parameters)} parameters, on ${backend.name} (${backend.device}): ` +
        `${count(train.length)} training and ${count(test.length)} test images, run folder ${shown(run.path)}`,
    );

    if (resume) output.say(`going on with epoch ${trainer.epoch}, after ${count(trainer.step)} steps`);
    await recorder.guard(() => trainer.fit(trainLoader, { epochs: settings.epochs, validation: testLoader, signal }));
    const evaluation = trainer.lastEvaluation;
    await finishRun({ run, output, recorder, model, test, evaluation, classes, source, title, showFeatures, settings });
  } finally {
    release();
  }
}

/** A path as one would type it from here. */
function shown(path: string): string {
  const near = relative('', path);
  return near === '' || near.startsWith('..') ? path : near;
}

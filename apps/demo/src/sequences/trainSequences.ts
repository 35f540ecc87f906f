import { join } from 'node:path';
import {
  createPairLoader,
  createSeq2Seq,
  objectiveOf,
  type Seq2SeqRecipe,
  Translator,
  Vocabulary,
} from '@flambeau/attention';
import { createBackend, manualSeed, optim, setDefaultBackend, Trainer } from '@flambeau/core';
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
import { compareAttention } from './compareAttention.ts';
import { finishSequences } from './finishSequences.ts';
import { checkpointMetadata } from './sequenceCheckpoint.ts';
import { loadSequences, type SequencePair } from './sequenceData.ts';
import { attentionKinds, recipeFor, sequenceTaskOf, titleOf } from './sequenceTask.ts';
import { type Vocabularies, writeVocabularies } from './vocabularyFiles.ts';

/** What the recipe leaves to whoever types the command. */
function resolveSettings(options: TrainOptions, recipe: Seq2SeqRecipe) {
  return {
    recipe: recipe.name,
    attention: recipe.model.attention,
    epochs: options.epochs ?? recipe.epochs,
    batchSize: options.batchSize ?? recipe.batchSize,
    learningRate: options.lr ?? recipe.learningRate,
    optimizer: recipe.optimizer,
    ...(recipe.scheduler !== undefined && { scheduler: recipe.scheduler }),
    ...(recipe.labelSmoothing !== undefined && { labelSmoothing: recipe.labelSmoothing }),
    ...(recipe.maxGradNorm !== undefined && { maxGradNorm: recipe.maxGradNorm }),
    seed: options.seed,
    ...(options.limit !== undefined && { limit: options.limit }),
    ...(options.patience !== undefined && { patience: options.patience }),
  };
}

/**
 * `flambeau train translation|reverse|copy|sort|dates`: trains a sequence to sequence model, keeps what it finds and its
 * vocabularies in a run folder, and evaluates it on sources that it has not been trained on.
 */
export async function trainSequences(task: string, options: TrainOptions, context: TrainContext = {}): Promise<void> {
  if (options.attention === 'both') return compareAttention(trainOne, task, options);
  return trainOne(task, options, context);
}

async function trainOne(name: string, options: TrainOptions, { resume, resumeAs }: TrainContext = {}): Promise<void> {
  const output = createOutput(options);
  const attention = attentionKinds.find((kind) => kind === (options.attention ?? 'bahdanau'))!;
  const recipe = recipeFor(name, options, attention);
  const task = sequenceTaskOf(name, options, recipe);
  const settings = resolveSettings(options, recipe);
  await RunFolder.check(options.out);
  const backend = await createBackend(options.backend, { threads: options.threads });
  setDefaultBackend(backend);
  const { signal, release } = onInterrupt();
  try {
    const data = await loadSequences(output, task, { ...options, trainExamples: recipe.trainExamples, signal });
    if (resume) checkSameData(resume.config, data.checksums, resume.run.path);
    const run = resume?.run ?? (await RunFolder.create(name, options.out));

    const vocabularies: Vocabularies = {
      source: Vocabulary.of(
        data.train.map(({ source }) => source),
        recipe.vocabulary,
      ),
      target: Vocabulary.of(
        data.train.map(({ target }) => target),
        recipe.vocabulary,
      ),
    };
    const { source, target } = vocabularies;
    const encode = (pairs: readonly SequencePair[]) =>
      pairs.map((pair) => ({ source: source.encode(pair.source), target: target.encode(pair.target) }));

    manualSeed(settings.seed);
    const model = createSeq2Seq(recipe.model, { source: source.size, target: target.size }, { backend });
    const optimizer = recipe.createOptimizer(model.parameters(), { lr: settings.learningRate });
    const { batchSize } = settings;
    const { bucket, fillTo } = recipe;
    const trainLoader = createPairLoader(encode(data.train), { batchSize, shuffle: true, bucket, fillTo, backend });
    const validLoader = createPairLoader(encode(data.valid), { batchSize: 256, fillTo, backend });
    const scheduler = recipe.createScheduler?.(optimizer, {
      lr: settings.learningRate,
      epochs: settings.epochs,
      stepsPerEpoch: trainLoader.length,
    });

    const parameters = model.parameters().reduce((sum, parameter) => sum + parameter.size, 0);
    const about = {
      task: name,
      model: 'Seq2Seq',
      parameters,
      backend: backend.name,
      device: backend.device,
      trainExamples: data.train.length,
      validationExamples: data.valid.length,
      testExamples: data.test.length,
      sourceWords: source.size,
      targetWords: target.size,
      dataSource: data.kind,
      dataPath: data.path,
      ...settings,
      runDir: run.path,
    };
    const metadata = checkpointMetadata(recipe, task, vocabularies);
    const unit = ' pairs';
    const recorder = new RunRecorder({ run, output, model, about, metadata, heldOut: 'validation', unit, resumeAs });
    const { maxGradNorm } = recipe;
    const trainer = new Trainer({
      model,
      optimizer,
      scheduler,
      objective: objectiveOf(recipe, model),
      ...(maxGradNorm !== undefined && {
        transformGradients: (gradients) => optim.clipGradNorm(gradients, maxGradNorm).gradients,
      }),
      callbacks: recorder.callbacks,
    });
    const state = await resume?.run.loadResume();
    if (state !== undefined) run.restore(() => trainer.loadStateDict(state));
    await writeVocabularies(join(run.path, 'vocabulary'), vocabularies);
    await run.writeConfig({
      ...about,
      ...(options.direction !== undefined && { direction: options.direction }),
      ...(options.pairs !== undefined && { pairs: options.pairs }),
      ...(options.columns !== undefined && { columns: options.columns }),
      ...(options.raw !== undefined && { raw: options.raw }),
      modelConfig: recipe.model,
      decoding: recipe.decoding,
      started: resume?.config.started ?? new Date().toISOString(),
      ...(resume && { resumed: new Date().toISOString() }),
      ...(options.threads !== undefined && { threads: options.threads }),
      ...(options.dataDir !== undefined && { dataDir: options.dataDir }),
      validation: 'pairs whose sources are neither trained on nor tested; it picks weights/best',
      dataChecksums: data.checksums,
      versions: versions(),
    });
    const { attention: kind } = recipe.model;
    output.say(
      `${titleOf(task)}, ${kind === 'none' ? 'no attention' : `attention ${kind}`}, ${count(parameters)} parameters, ` +
        `on ${backend.name} (${backend.device}): ${count(data.train.length)} training, ${count(data.valid.length)} validation pairs, ` +
        `${count(data.test.length)} test sources, run folder ${run.path}`,
    );
    if (resume) output.say(`going on with epoch ${trainer.epoch}, after ${count(trainer.step)} steps`);
    await recorder.guard(() => trainer.fit(trainLoader, { epochs: settings.epochs, validation: validLoader, signal }));
    const translator = new Translator({ model, ...vocabularies, decoding: recipe.decoding });
    const subtitle = `${kind === 'none' ? 'no attention' : `attention ${kind}`}, recipe ${recipe.name}, seed ${settings.seed}`;
    const finish = { run, output, recorder, model, translator, task, data, subtitle, attention: kind, signal };
    await finishSequences(finish).catch((error: unknown) => {
      if (!(error instanceof InterruptedError)) throw error;
      const goOn = `${howToRun} train ${name} --resume ${resumeAs ?? run.path}`;
      throw new InterruptedError(
        `interrupted while testing: training is done and kept; go on with: ${goOn}`,
        error.exitCode,
      );
    });
  } finally {
    release();
  }
}

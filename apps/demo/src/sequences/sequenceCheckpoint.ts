import { dirname, join } from 'node:path';
import { createSeq2Seq, type Seq2SeqRecipe, Translator } from '@flambeau/attention';
import { type Backend, createBackend, type Safetensors, setDefaultBackend } from '@flambeau/core';
import { loadWeights } from '@flambeau/core/node';
import * as v from 'valibot';
import type { BackendChoice, CheckpointChoice } from '../commandLine/options.ts';
import { naming, runFolderOf } from '../training/checkpoint.ts';
import { attentionKinds, type SequenceTask, sequenceTaskSchema } from './sequenceTask.ts';
import { readVocabularies, type Vocabularies } from './vocabularyFiles.ts';

export interface VocabularyChoice {
  /** Folder of the vocabularies. Default: `vocabulary` in the checkpoint's run folder, or beside it. */
  readonly vocabulary?: string;
}

const size = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(1 << 16));
const layers = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(64));

const configSchema = v.strictObject({
  attention: v.picklist(attentionKinds),
  hiddenSize: size,
  embeddingSize: v.optional(size),
  cell: v.optional(v.picklist(['gru', 'lstm'])),
  encoderLayers: v.optional(layers),
  decoderLayers: v.optional(layers),
  bidirectional: v.optional(v.boolean()),
  arrangement: v.optional(v.picklist(['notes', 'paper'])),
  dropout: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
});

const decodingSchema = v.strictObject({
  maxLength: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  beamSize: v.optional(size),
  lengthPenalty: v.optional(v.pipe(v.number(), v.finite())),
  batchSize: v.optional(size),
  fillTo: v.optional(size),
});

/** What a checkpoint's metadata say beside the weights, so that it can be rebuilt and used on its own. */
export function checkpointMetadata(
  { model, decoding }: Seq2SeqRecipe,
  task: SequenceTask,
  { source, target }: Vocabularies,
): Record<string, string> {
  return {
    config: JSON.stringify(model),
    decoding: JSON.stringify(decoding),
    data: JSON.stringify(task),
    sourceVocabulary: source.fingerprint,
    targetVocabulary: target.fingerprint,
  };
}

export interface LoadedTranslator {
  readonly translator: Translator;
  readonly task: SequenceTask;
  readonly attention: string;
  readonly recipe: string | undefined;
  /** The longest target that is written on the test set, its end included. */
  readonly maxLength: number | undefined;
  readonly backend: Backend;
}

/** Whether a checkpoint is of a sequence to sequence model. */
export function isTranslator({ metadata }: Safetensors): boolean {
  return metadata.has('config') && metadata.has('sourceVocabulary');
}

/**
 * Makes a checkpoint's model with its vocabularies.
 *
 * @throws Error, one sentence that names the file, if it is of no such model, is damaged, or its vocabularies are not at hand.
 */
export async function loadTranslator(
  path: string,
  options: BackendChoice & CheckpointChoice & VocabularyChoice,
  loaded?: Safetensors,
): Promise<LoadedTranslator> {
  const weights = loaded ?? (await loadWeights(path, { key: options.key }));
  const { tensors, metadata } = weights;
  if (!isTranslator(weights)) {
    const task = metadata.get('task');
    const what = task === undefined ? 'its metadata name no model' : `it was trained on ${task}`;
    throw new Error(`${path} is no sequence to sequence model: ${what}`);
  }
  const config = fieldOf(path, metadata, 'config', configSchema);
  const decoding = fieldOf(path, metadata, 'decoding', decodingSchema);
  const task = fieldOf(path, metadata, 'data', sequenceTaskSchema);
  const folder = options.vocabulary ?? join(runFolderOf(path) ?? dirname(path), 'vocabulary');
  const vocabularies = await readVocabularies(folder);
  for (const side of ['source', 'target'] as const) {
    const expected = metadata.get(`${side}Vocabulary`);
    const { fingerprint } = vocabularies[side];
    if (fingerprint !== expected) {
      throw new Error(
        `${join(folder, `${side}.json`)} is not the vocabulary of ${path}: expected the one with fingerprint ${expected}, got ${fingerprint}`,
      );
    }
  }
  const backend = await createBackend(options.backend, { threads: options.threads });
  setDefaultBackend(backend);
  const { source, target } = vocabularies;
  const translator = naming(path, () => {
    const model = createSeq2Seq(config, { source: source.size, target: target.size }, { backend });
    model.loadStateDict(tensors);
    return new Translator({ model, ...vocabularies, decoding });
  });
  const { maxLength } = decoding;
  return { translator, task, attention: config.attention, recipe: metadata.get('recipe'), maxLength, backend };
}

/** Reads a JSON field of the metadata, and believes it only as far as its schema goes. */
function fieldOf<Schema extends v.GenericSchema>(
  path: string,
  metadata: ReadonlyMap<string, string>,
  name: string,
  schema: Schema,
): v.InferOutput<Schema> {
  const damaged = (why: string) => new Error(`${path} is damaged: ${name} in its metadata ${why}`);
  let json: unknown;
  try {
    json = JSON.parse(metadata.get(name) ?? '');
  } catch {
    throw damaged('is no JSON');
  }
  const parsed = v.safeParse(schema, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw damaged(`is not as expected: ${v.getDotPath(issue) ?? 'it'} is ${issue.received.slice(0, 40)}`);
}

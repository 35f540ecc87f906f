import { createBackend, type Safetensors, setDefaultBackend } from '@flambeau/core';
import { loadWeights } from '@flambeau/core/node';
import { classifierOfState, type TextClassifier } from '@flambeau/text';
import type { BackendChoice, CheckpointChoice } from '../commandLine/options.ts';
import { naming } from '../training/checkpoint.ts';

/** Whether a checkpoint is of a text classifier, with all that it needs beside its weights. */
export function isSentiment({ metadata }: Safetensors): boolean {
  return metadata.has('classifier');
}

/**
 * Makes a checkpoint's classifier on the chosen backend: its vocabulary and its n-grams stand in the same file.
 *
 * @throws Error, one sentence that names the file, if it is of no text classifier or damaged.
 */
export async function loadClassifier(
  path: string,
  { backend: name, threads, key }: BackendChoice & CheckpointChoice,
  loaded?: Safetensors,
): Promise<TextClassifier> {
  const weights = loaded ?? (await loadWeights(path, { key }));
  const { tensors, metadata } = weights;
  if (!isSentiment(weights)) {
    const task = metadata.get('task');
    const what = task === undefined ? 'its metadata name no vocabulary' : `it was trained on ${task}`;
    throw new Error(`${path} is no text classifier: ${what}`);
  }
  const backend = await createBackend(name, { threads });
  setDefaultBackend(backend);
  return naming(path, () => classifierOfState(tensors, metadata, { backend }));
}

import { basename, dirname, resolve } from 'node:path';
import { createBackend, type Safetensors, setDefaultBackend } from '@flambeau/core';
import { loadWeights } from '@flambeau/core/node';
import { type ImageModel, type ImageModelEntry, modelOfStateDict } from '@flambeau/vision';
import type { BackendChoice, CheckpointChoice } from '../commandLine/options.ts';

/**
 * Makes a checkpoint's model on the chosen backend and gives it the checkpoint's weights; says which data set it was
 * trained on (FashionMNIST where the file does not tell, as one that PyTorch wrote).
 *
 * @param weights - what the file holds, where it has been read already.
 * @param path - a safetensors file, or a state dict that PyTorch saved (`.pt`), under `key` if it is nested.
 * @throws Error, with one sentence that names the file, if it can't be read, is damaged, or is of no model we know.
 */
export async function loadCheckpoint(
  path: string,
  { backend: name, threads, key }: BackendChoice & CheckpointChoice,
  weights?: Safetensors,
): Promise<{ model: ImageModel; entry: ImageModelEntry; dataset: string }> {
  const { tensors, metadata } = weights ?? (await loadWeights(path, { key }));
  const entry = naming(path, () => modelOfStateDict(tensors.keys(), metadata));
  const backend = await createBackend(name, { threads });
  setDefaultBackend(backend);
  const model = entry.create({ backend });
  naming(path, () => model.loadStateDict(tensors));
  return { model, entry, dataset: metadata.get('task') ?? 'fashion-mnist' };
}

/** The run folder that a checkpoint lies in (`RUN/weights/last.safetensors`), if it does. */
export function runFolderOf(checkpoint: string): string | undefined {
  const weights = dirname(resolve(checkpoint));
  return basename(weights) === 'weights' ? dirname(weights) : undefined;
}

/** Has a fault say in which file it is. */
export function naming<T>(path: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

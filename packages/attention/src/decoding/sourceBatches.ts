import { type Backend, hostArray, type Tensor } from '@flambeau/core';
import { filled } from '../seq2seq/batch.ts';
import type { Seq2Seq } from '../seq2seq/seq2seq.ts';
import type { DecodeOptions } from './decoding.ts';

/** Sources of one batch, longest first, with their ends, and where each stood. */
export interface SourceBatch {
  readonly places: readonly number[];
  readonly sources: readonly (readonly number[])[];
}

/** Sources with their ends in batches of like lengths, so that little is filled up. */
export function sourceBatches(sources: readonly (readonly number[])[], options: DecodeOptions): SourceBatch[] {
  const { eos = 1, batchSize = 64 } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`expected batchSize whole and above 0, got ${batchSize}`);
  }
  const places = sources.map((_, place) => place).sort((a, b) => sources[b]!.length - sources[a]!.length || a - b);
  const batches: SourceBatch[] = [];
  for (let start = 0; start < places.length; start += batchSize) {
    const own = places.slice(start, start + batchSize);
    batches.push({ places: own, sources: own.map((place) => [...sources[place]!, eos]) });
  }
  return batches;
}

/** A batch of sources as tensors, which are the caller's. Up to `fillTo` ids the filling counts as ids of the source. */
export function sourceTensors(
  backend: Backend,
  sources: readonly (readonly number[])[],
  { fillTo = 0 }: DecodeOptions,
): { source: Tensor; lengths: Tensor } {
  const lengths = Int32Array.from(sources, ({ length }) => Math.max(length, fillTo));
  return {
    source: backend.tensor(filled(sources, 0, Math.max(...lengths))),
    lengths: backend.tensor(hostArray('int32', [lengths.length], lengths)),
  };
}

/** Throws if an id is none of the source's words: an embedding would read beyond its table. */
export function checkSources(model: Seq2Seq, sources: readonly (readonly number[])[]): void {
  const words = model.encoder.embedding.numEmbeddings;
  for (const [place, source] of sources.entries()) {
    const wrong = source.find((id) => !Number.isInteger(id) || id < 0 || id >= words);
    if (wrong !== undefined) {
      throw new RangeError(`source ${place}: expected ids from 0 to ${words - 1}, got ${wrong}`);
    }
  }
}

/** Runs `f` with the model in evaluation, and puts every module back into its own mode afterwards. */
export async function inEvaluation<T>(model: Seq2Seq, f: () => Promise<T>): Promise<T> {
  const modes = model.modules().map((module) => [module, module.training] as const);
  model.eval();
  try {
    return await f();
  } finally {
    for (const [module, training] of modes) module.training = training;
  }
}

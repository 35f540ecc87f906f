import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernel } from '../backend/kernel.ts';
import { COST } from '../threads/cost.ts';
import {
  type EmbeddingBackwardAttributes,
  type EmbeddingBackwardInputs,
  type EmbeddingInputs,
  FLAMBEAU_KERNELS,
} from './contract.ts';
import { DeferredEmbedding } from './deferredEmbedding.ts';
import { rowsGradient, SHARES } from './rowsGradient.ts';
import { notInTable } from './words.ts';

/** Rows of a table, copied when someone asks for them. */
const embedding = kernel<EmbeddingInputs>(FLAMBEAU_KERNELS.embedding, ({ inputs, backend }): TensorInfo => {
  const { weight, indices } = inputs;
  const [vocabulary, width] = weight.shape as [number, number];
  const wrong = backend.values<Int32Array>(indices).find((index) => index < 0 || index >= vocabulary);
  if (wrong !== undefined) throw notInTable(FLAMBEAU_KERNELS.embedding, wrong, vocabulary);
  const way = new DeferredEmbedding(backend, backend.storage(weight), backend.storage(indices), width);
  return backend.deferred([indices.shape[0]!, width], way);
});

/** The gradient of an embedding's table, by the rows that have been looked up. */
const embeddingBackward = kernel<EmbeddingBackwardInputs, EmbeddingBackwardAttributes>(
  FLAMBEAU_KERNELS.embeddingBackward,
  ({ inputs, attrs, backend }) => {
    const { paddingIdx, numEmbeddings } = attrs;
    const [count, width] = inputs.gradOutput.shape as [number, number];
    const [gradient, at] = [backend.pointer(inputs.gradOutput), backend.pointer(inputs.indices)];
    const split = backend.split(SHARES, count * width * COST.element);
    return rowsGradient(
      backend,
      [numEmbeddings, width],
      (places) => backend.wasm.numberRows(at, count, paddingIdx, numEmbeddings, places),
      (rows, places, many) =>
        backend.run('addToRows', split, [gradient, at, count, width, places, many, rows, 0, SHARES]),
    );
  },
);

export const embeddingKernels = [embedding, embeddingBackward];

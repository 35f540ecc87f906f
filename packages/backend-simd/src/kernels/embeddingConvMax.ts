import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernel } from '../backend/kernel.ts';
import { COST } from '../threads/cost.ts';
import {
  type EmbeddingConvMaxAttributes,
  type EmbeddingConvMaxBackwardFiltersAttributes,
  type EmbeddingConvMaxBackwardFiltersInputs,
  type EmbeddingConvMaxBackwardTableAttributes,
  type EmbeddingConvMaxBackwardTableInputs,
  type EmbeddingConvMaxInputs,
  FLAMBEAU_KERNELS,
} from './contract.ts';
import { BELOW, filterGradients, filtersOf, largestWindows, rowsOf, sum, withFilters } from './filters.ts';
import { rowsGradient, SHARES } from './rowsGradient.ts';
import { Words } from './words.ts';

const numbered = (inputs: { [name: `weight${number}`]: TensorInfo }, count: number): TensorInfo[] =>
  Array.from({ length: count }, (_, i) => inputs[`weight${i}`]!);

const forward = kernel<EmbeddingConvMaxInputs, EmbeddingConvMaxAttributes>(
  FLAMBEAU_KERNELS.embeddingConvMax,
  ({ inputs, attrs, backend }) => {
    const { ids, table } = inputs;
    const [batch, length] = ids.shape as [number, number];
    const [vocabulary, width] = table.shape as [number, number];
    const weights = numbered(inputs, attrs.count);
    const filters = filtersOf(weights.map(({ shape }) => shape));
    filters.forEach((some, i) => {
      some.weight = backend.pointer(weights[i]!);
      some.bias = backend.pointer(inputs[`bias${i}`]!);
    });
    const columns = sum(filters.map(({ count }) => count));
    const output = backend.output([batch, columns], 'float32');
    const indices = backend.output([batch, columns], 'int32');
    const texts = {
      ids: backend.pointer(ids),
      places: batch * length,
      table: backend.pointer(table),
      vocabulary,
      width,
    };
    const words = new Words(backend, FLAMBEAU_KERNELS.embeddingConvMax, texts);
    try {
      const [to, at] = [backend.pointer(output), backend.pointer(indices)];
      largestWindows(backend, words, width, [batch, length], filters, BELOW.none, to, at);
    } finally {
      words.release();
    }
    return [output, indices];
  },
);

const backwardFilters = kernel<EmbeddingConvMaxBackwardFiltersInputs, EmbeddingConvMaxBackwardFiltersAttributes>(
  FLAMBEAU_KERNELS.embeddingConvMaxBackwardFilters,
  ({ inputs, attrs, backend }) => {
    const { gradOutput, indices, ids, table } = inputs;
    const [batch, length] = ids.shape as [number, number];
    const filters = filtersOf(attrs.filterShapes);
    const weights = attrs.filterShapes.map((shape) => backend.output([...shape], 'float32'));
    const biases = attrs.filterShapes.map(([count]) => backend.output([count!], 'float32'));
    filters.forEach((some, i) => {
      some.weight = backend.pointer(weights[i]!);
      some.bias = backend.pointer(biases[i]!);
    });
    const pointers = {
      gradOutput: backend.pointer(gradOutput),
      indices: backend.pointer(indices),
      ids: backend.pointer(ids),
      table: backend.pointer(table),
    };
    filterGradients(backend, filters, pointers, [batch, length], table.shape[1]!);
    return [...weights, ...biases];
  },
);

const backwardTable = kernel<EmbeddingConvMaxBackwardTableInputs, EmbeddingConvMaxBackwardTableAttributes>(
  FLAMBEAU_KERNELS.embeddingConvMaxBackwardTable,
  ({ inputs, attrs, backend }) => {
    const { count, paddingIdx, numEmbeddings } = attrs;
    const [batch, length] = inputs.ids.shape as [number, number];
    const columns = inputs.indices.shape[1]!;
    const weights = numbered(inputs, count);
    const width = weights[0]!.shape[3]!;
    const filters = filtersOf(weights.map(({ shape }) => shape));
    filters.forEach((some, i) => {
      some.weight = backend.pointer(weights[i]!);
    });
    const [gradient, at, ids] = [
      backend.pointer(inputs.gradOutput),
      backend.pointer(inputs.indices),
      backend.pointer(inputs.ids),
    ];
    const split = backend.split(SHARES, batch * rowsOf(filters) * width * COST.element);
    return withFilters(backend, filters, (room) =>
      rowsGradient(
        backend,
        [numEmbeddings, width],
        (places) =>
          backend.wasm.winningWords(
            ...([room, count, at, ids, batch, length, columns, paddingIdx, numEmbeddings, places] as const),
          ),
        (rows, places, many) =>
          backend.run('embeddingConvMaxBackwardRows', split, [
            ...([room, count, gradient, at, ids, batch, length, columns, width, places, many, rows] as const),
            ...([0, SHARES] as const),
          ]),
      ),
    );
  },
);

/** The features of a TextCNN and their gradients. */
export const embeddingConvMaxKernels = [forward, backwardFilters, backwardTable];

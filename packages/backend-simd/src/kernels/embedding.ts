import { kernel } from '../backend/kernel.ts';
import { COST } from '../threads/cost.ts';
import { type EmbeddingBackwardAttributes, type EmbeddingBackwardInputs, FLAMBEAU_KERNELS } from './contract.ts';
import { rowsGradient, SHARES } from './rowsGradient.ts';

/** The gradient of an embedding's table, by the rows that have been looked up. */
export const embeddingKernels = [
  kernel<EmbeddingBackwardInputs, EmbeddingBackwardAttributes>(
    FLAMBEAU_KERNELS.embeddingBackward,
    ({ inputs, attrs, backend }) => {
      const { paddingIdx, numEmbeddings } = attrs;
      const [count, width] = inputs.gradOutput.shape as [number, number];
      const [gradient, at] = [backend.pointer(inputs.gradOutput), backend.pointer(inputs.indices)];
      return rowsGradient(
        backend,
        [numEmbeddings, width],
        (places) => backend.wasm.numberRows(at, count, paddingIdx, numEmbeddings, places),
        (rows, places, many) => {
          const split = backend.split(SHARES, count * width * COST.element);
          backend.run('addToRows', split, [gradient, at, count, width, places, many, rows, 0, SHARES]);
        },
      );
    },
  ),
];

import { kernel } from '../backend/kernel.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import {
  FLAMBEAU_KERNELS,
  type LayerNormAttributes,
  type LayerNormInputs,
  type NormBackwardInputs,
} from './contract.ts';

export const layerNormKernels = [
  kernel<LayerNormInputs, LayerNormAttributes>(FLAMBEAU_KERNELS.layerNorm, ({ inputs, attrs, backend }) => {
    const { input, weight, bias } = inputs;
    const [rows, count] = input.shape as [number, number];
    const output = backend.output([rows, count], 'float32');
    const mean = backend.output([rows], 'float32');
    const rstd = backend.output([rows], 'float32');
    backend.run('layerNormRows', backend.split(rows, 2 * rows * count * COST.batchNorm, CACHE_LINE), [
      ...([backend.pointer(input), backend.pointer(weight), backend.pointer(bias)] as const),
      ...([backend.pointer(output), backend.pointer(mean), backend.pointer(rstd)] as const),
      ...([count, attrs.eps, 0, rows] as const),
    ]);
    return [output, mean, rstd];
  }),

  kernel<NormBackwardInputs>(FLAMBEAU_KERNELS.layerNormBackward, ({ inputs, backend }) => {
    const { gradOutput, input, mean, rstd, weight } = inputs;
    const [rows, count] = input.shape as [number, number];
    const gradInput = backend.output([rows, count], 'float32');
    const gradWeight = backend.output([count], 'float32');
    const gradBias = backend.output([count], 'float32');
    const cost = rows * count * COST.batchNorm;
    const read = [gradOutput, input, mean, rstd].map((tensor) => backend.pointer(tensor)) as [
      number,
      number,
      number,
      number,
    ];
    const [weights, toInput] = [backend.pointer(weight), backend.pointer(gradInput)];
    const byRows = backend.split(rows, 2 * cost, Math.ceil(CACHE_LINE / Math.max(1, count)));
    backend.run('layerNormBackwardRows', byRows, [...read, weights, toInput, count, 0, rows]);
    const [toWeight, toBias] = [backend.pointer(gradWeight), backend.pointer(gradBias)];
    const byColumns = backend.split(count, cost, CACHE_LINE);
    backend.run('layerNormColumns', byColumns, [...read, toWeight, toBias, rows, count, 0, count]);
    return [gradInput, gradWeight, gradBias];
  }),
];

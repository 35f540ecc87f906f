import { kernel } from '../backend/kernel.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import {
  FLAMBEAU_KERNELS,
  type NllLossAttributes,
  type NllLossBackwardInputs,
  type NllLossInputs,
} from './contract.ts';
import { sum } from './crossEntropy.ts';

export const nllLossKernels = [
  kernel<NllLossInputs, NllLossAttributes>(FLAMBEAU_KERNELS.nllLoss, ({ inputs, attrs, backend }) => {
    const { input, target, weight } = inputs;
    const { ignoreIndex, reduction } = attrs;
    const [rows, classes] = input.shape as [number, number];
    const loss = backend.output(reduction === 'none' ? [rows] : [], 'float32');
    const totalWeight = backend.output([], 'float32');
    const rowWeights = backend.heap.scratch(rows * 8);
    const losses = reduction === 'none' ? backend.pointer(loss) : rowWeights + rows * 4;
    backend.run('nllRows', backend.split(rows, rows * COST.stridedCopy, CACHE_LINE), [
      ...([backend.pointer(input), backend.pointer(target), backend.pointer(weight), losses, rowWeights] as const),
      ...([classes, ignoreIndex, 0, rows] as const),
    ]);
    const { f32 } = backend.heap;
    const total = sum(f32.subarray(rowWeights / 4, rowWeights / 4 + rows));
    backend.values<Float32Array>(totalWeight)[0] = total;
    if (reduction !== 'none') {
      const all = sum(f32.subarray(losses / 4, losses / 4 + rows));
      backend.values<Float32Array>(loss)[0] = reduction === 'mean' ? all / total : all;
    }
    return [loss, totalWeight];
  }),

  kernel<NllLossBackwardInputs, NllLossAttributes>(FLAMBEAU_KERNELS.nllLossBackward, ({ inputs, attrs, backend }) => {
    const { gradOutput, target, weight, totalWeight } = inputs;
    const { ignoreIndex, reduction } = attrs;
    const [rows, classes] = [target.shape[0]!, weight.shape[0]!];
    const out = backend.output([rows, classes], 'float32');
    const divisor = reduction === 'mean' ? backend.values<Float32Array>(totalWeight)[0]! : 1;
    const split = backend.split(rows, rows * classes * COST.copy, Math.ceil(CACHE_LINE / Math.max(1, classes)));
    backend.run('nllBackwardRows', split, [
      ...([backend.pointer(gradOutput), reduction === 'none' ? 4 : 0, divisor] as const),
      ...([backend.pointer(target), backend.pointer(weight), backend.pointer(out)] as const),
      ...([classes, ignoreIndex, 0, rows] as const),
    ]);
    return out;
  }),
];

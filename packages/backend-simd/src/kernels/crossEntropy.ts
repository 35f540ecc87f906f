import { kernel } from '../backend/kernel.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import {
  type CrossEntropyAttributes,
  type CrossEntropyBackwardInputs,
  type CrossEntropyInputs,
  FLAMBEAU_KERNELS,
} from './contract.ts';

export function sum(values: Float32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

export const crossEntropyKernels = [
  kernel<CrossEntropyInputs, CrossEntropyAttributes>(FLAMBEAU_KERNELS.crossEntropy, ({ inputs, attrs, backend }) => {
    const { input, target, weight } = inputs;
    const { ignoreIndex, labelSmoothing, reduction } = attrs;
    const [rows, classes] = input.shape as [number, number];
    const loss = backend.output(reduction === 'none' ? [rows] : [], 'float32');
    const probabilities = backend.output([rows, classes], 'float32');
    const totalWeight = backend.output([], 'float32');
    const [logits, targets, weights] = [
      backend.pointer(input),
      backend.pointer(target),
      weight ? backend.pointer(weight) : 0,
    ];
    const rowWeights = backend.heap.scratch(rows * 8);
    const losses = reduction === 'none' ? backend.pointer(loss) : rowWeights + rows * 4;
    backend.run('crossEntropyRows', backend.split(rows, rows * classes * COST.softmax, CACHE_LINE), [
      ...([logits, targets, weights, backend.pointer(probabilities), losses, rowWeights] as const),
      ...([classes, ignoreIndex, labelSmoothing, 0, rows] as const),
    ]);
    const { f32 } = backend.heap;
    const total = sum(f32.subarray(rowWeights / 4, rowWeights / 4 + rows));
    backend.values<Float32Array>(totalWeight)[0] = total;
    if (reduction !== 'none') {
      const all = sum(f32.subarray(losses / 4, losses / 4 + rows));
      backend.values<Float32Array>(loss)[0] = reduction === 'mean' ? all / total : all;
    }
    return [loss, probabilities, totalWeight];
  }),

  kernel<CrossEntropyBackwardInputs, CrossEntropyAttributes>(
    FLAMBEAU_KERNELS.crossEntropyBackward,
    ({ inputs, attrs, backend }) => {
      const { gradOutput, probabilities, target, weight, totalWeight } = inputs;
      const { ignoreIndex, labelSmoothing, reduction } = attrs;
      const [rows, classes] = probabilities.shape as [number, number];
      const out = backend.output([rows, classes], 'float32');
      const divisor = reduction === 'mean' ? backend.values<Float32Array>(totalWeight)[0]! : 1;
      backend.run('crossEntropyBackwardRows', backend.split(rows, rows * classes * COST.softmax, CACHE_LINE), [
        backend.pointer(gradOutput),
        reduction === 'none' ? 4 : 0,
        divisor,
        backend.pointer(probabilities),
        backend.pointer(target),
        weight ? backend.pointer(weight) : 0,
        backend.pointer(out),
        ...([classes, ignoreIndex, labelSmoothing, 0, rows] as const),
      ]);
      return out;
    },
  ),
];

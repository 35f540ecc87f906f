import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import { FLAMBEAU_KERNELS } from './contract.ts';
import type {
  CrossEntropyAttributes,
  CrossEntropyBackwardInputs,
  CrossEntropyInputs,
  Reduction,
} from './crossEntropyContract.ts';

export function sum(values: Float32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Where the rows of a cross-entropy are; 0 stands for what there is none of. */
export interface CrossEntropyRows {
  logits: number;
  /** int32 */
  targets: number;
  weights: number;
  /** May be the logits' own place. */
  probabilities: number;
  /** int32 */
  predictions: number;
  rows: number;
  classes: number;
}

/** Each row's loss and the weight of its target. Valid until scratch memory is used again. */
export function crossEntropyOfRows(
  backend: SimdBackend,
  { logits, targets, weights, probabilities, predictions, rows, classes }: CrossEntropyRows,
  { ignoreIndex, labelSmoothing }: CrossEntropyAttributes,
): { losses: Float32Array; rowWeights: Float32Array } {
  const rowWeights = backend.heap.scratch(rows * 8);
  const losses = rowWeights + rows * 4;
  backend.run('crossEntropyRows', backend.split(rows, rows * classes * COST.softmax, CACHE_LINE), [
    ...([logits, targets, weights, probabilities, losses, rowWeights, predictions] as const),
    ...([classes, ignoreIndex, labelSmoothing, 0, rows] as const),
  ]);
  const { f32 } = backend.heap;
  const at = (pointer: number) => f32.subarray(pointer / 4, pointer / 4 + rows);
  return { losses: at(losses), rowWeights: at(rowWeights) };
}

/** The loss and the summed weight of rows, as `reduction` says; unreduced ones go to the rows' numbers in `ids`, or in order. */
export function reduceLosses(
  backend: SimdBackend,
  { losses, rowWeights }: { losses: Float32Array; rowWeights: Float32Array },
  loss: TensorInfo,
  totalWeight: TensorInfo,
  reduction: Reduction,
  ids?: Int32Array,
): void {
  const total = sum(rowWeights);
  backend.values<Float32Array>(totalWeight)[0] = total;
  const to = backend.values<Float32Array>(loss);
  if (reduction === 'mean') to[0] = sum(losses) / total;
  else if (reduction === 'sum') to[0] = sum(losses);
  else if (ids === undefined) to.set(losses);
  else {
    to.fill(0);
    for (const [row, id] of ids.entries()) to[id] = losses[row]!;
  }
}

export const crossEntropyKernels = [
  kernel<CrossEntropyInputs, CrossEntropyAttributes>(FLAMBEAU_KERNELS.crossEntropy, ({ inputs, attrs, backend }) => {
    const { input, target, weight } = inputs;
    const { reduction } = attrs;
    const [rows, classes] = input.shape as [number, number];
    const loss = backend.output(reduction === 'none' ? [rows] : [], 'float32');
    const probabilities = backend.output([rows, classes], 'float32');
    const totalWeight = backend.output([], 'float32');
    const ofRows = crossEntropyOfRows(
      backend,
      {
        ...{ logits: backend.pointer(input), targets: backend.pointer(target) },
        weights: weight ? backend.pointer(weight) : 0,
        ...{ probabilities: backend.pointer(probabilities), predictions: 0, rows, classes },
      },
      attrs,
    );
    reduceLosses(backend, ofRows, loss, totalWeight, reduction);
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

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import { FLAMBEAU_KERNELS, type LinearInputs } from './contract.ts';
import { multiply } from './matMul.ts';

/** out[rows, columns] = input[rows, steps] · weightᵀ + bias. */
export function project(
  backend: SimdBackend,
  { input, weight, bias }: LinearInputs,
  out: TensorInfo,
  [rows, columns, steps]: readonly [number, number, number],
): void {
  const [a, b, to] = [backend.pointer(input), backend.pointer(weight), backend.pointer(out)];
  // Every row starts as the bias, and the product is added to it.
  if (bias) {
    const split = backend.split(rows, rows * columns * COST.copy, Math.ceil(CACHE_LINE / columns));
    backend.run('copyRows', split, [backend.pointer(bias), 0, to, columns * 4, columns * 4, 0, rows]);
  }
  multiply(backend, a, b, to, [rows, columns, steps], false, true, bias !== undefined);
}

export const linearKernels = [
  kernel<LinearInputs>(FLAMBEAU_KERNELS.linear, ({ inputs, backend }) => {
    const [rows, steps] = inputs.input.shape as [number, number];
    const [columns] = inputs.weight.shape as [number, number];
    const out = backend.output([rows, columns], 'float32');
    project(backend, inputs, out, [rows, columns, steps]);
    return out;
  }),
];

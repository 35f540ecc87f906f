import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { applyUnary, UNARY } from './unary.ts';

/** The activations of tfjs's fused kernels that are applied in place, and their number in assembly/unary.ts. */
const ACTIVATIONS = new Map<string, number | undefined>([
  ['linear', undefined],
  ['relu', UNARY.Relu],
  ['relu6', UNARY.Relu6],
  ['sigmoid', UNARY.Sigmoid],
  ['leakyrelu', UNARY.LeakyRelu],
]);

/** Whether `applyActivation` knows it; the `cpu` backend has the others (elu, prelu). */
export function isFusable(activation: string): boolean {
  return ACTIVATIONS.has(activation);
}

/** x = activation(x) for a tensor that no one else has seen yet. */
export function applyActivation(backend: SimdBackend, activation: string, x: TensorInfo, leakyreluAlpha: number): void {
  const operation = ACTIVATIONS.get(activation);
  if (operation !== undefined) applyUnary(backend, operation, x, leakyreluAlpha);
}

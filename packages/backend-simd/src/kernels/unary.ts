import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { kernel, runHostKernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';

/** The numbers of assembly/unary.ts. */
export const UNARY = {
  Relu: 0,
  LeakyRelu: 1,
  Step: 2,
  Sigmoid: 3,
  Tanh: 4,
  Exp: 5,
  Log: 6,
  Sqrt: 7,
  Rsqrt: 8,
  Square: 9,
  Neg: 10,
  Abs: 11,
  Relu6: 12,
  Reciprocal: 13,
  Cube: 14,
  Erf: 15,
  Silu: 16,
  Gelu: 17,
  GeluTanh: 18,
} as const;

/** Those that are no kernels of TensorFlow.js's. */
const OWN: readonly number[] = [UNARY.Cube, UNARY.Silu, UNARY.Gelu, UNARY.GeluTanh];

const TRANSCENDENTAL: readonly number[] = [
  ...[UNARY.Sigmoid, UNARY.Tanh, UNARY.Exp, UNARY.Log],
  ...[UNARY.Erf, UNARY.Silu, UNARY.Gelu, UNARY.GeluTanh],
];

function run(backend: SimdBackend, operation: number, from: number, to: number, alpha: number, count: number): void {
  const cost = TRANSCENDENTAL.includes(operation) ? COST.transcendental : COST.element;
  backend.run('unary', backend.split(count, count * cost, CACHE_LINE), [operation, from, to, alpha, 0, count]);
}

/** f(x) as a new tensor. */
export function runUnary(backend: SimdBackend, operation: number, x: TensorInfo, alpha = 0): TensorInfo {
  const out = backend.output(x.shape, 'float32');
  run(backend, operation, backend.pointer(x), backend.pointer(out), alpha, util.sizeFromShape(x.shape));
  return out;
}

/** x = f(x) for a tensor that no one else has seen yet. */
export function applyUnary(backend: SimdBackend, operation: number, x: TensorInfo, alpha = 0): void {
  const pointer = backend.pointer(x);
  run(backend, operation, pointer, pointer, alpha, util.sizeFromShape(x.shape));
}

export const unaryKernels = Object.entries(UNARY)
  .filter(([, operation]) => !OWN.includes(operation))
  .map(([name, operation]) =>
    kernel<{ x: TensorInfo }, { alpha?: number } | undefined>(name, (call) => {
      const { x } = call.inputs;
      if (x.dtype !== 'float32') return runHostKernel(name, call);
      return runUnary(call.backend, operation, x, call.attrs?.alpha);
    }),
  );

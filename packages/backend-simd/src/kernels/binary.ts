import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { kernel, runHostKernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import { planBroadcast } from './broadcast.ts';
import { runUnary, UNARY } from './unary.ts';

/** The numbers of assembly/binary.ts. */
export const BINARY = {
  Add: 0,
  Sub: 1,
  Multiply: 2,
  RealDiv: 3,
  Maximum: 4,
  Minimum: 5,
  SquaredDifference: 6,
} as const;

type BinaryName = keyof typeof BINARY;

function run(
  backend: SimdBackend,
  name: BinaryName,
  a: TensorInfo,
  b: TensorInfo,
  target: (shape: number[]) => TensorInfo,
): TensorInfo {
  const plan = planBroadcast(a.shape, b.shape);
  const { count, aMoves, bMoves, rows, axes, rank } = plan;
  const out = target(plan.shape);
  const [from, other, to] = [backend.pointer(a), backend.pointer(b), backend.pointer(out)];
  if (rank === 0) {
    const split = backend.split(count, count * COST.element, CACHE_LINE);
    backend.run('binaryRow', split, [BINARY[name], aMoves, bMoves, from, other, to, 0, count]);
  } else {
    const pointer = backend.heap.argumentsPointer;
    backend.heap.i32.set(axes, pointer / 4);
    backend.run('binaryBroadcast', backend.split(rows, rows * count * COST.element, Math.ceil(CACHE_LINE / count)), [
      ...([BINARY[name], aMoves, bMoves, from, other, to, count] as const),
      ...([pointer, rank, 0, rows] as const),
    ]);
  }
  return out;
}

/** a ∘ b, broadcast, as a new tensor. */
export function runBinary(backend: SimdBackend, name: BinaryName, a: TensorInfo, b: TensorInfo): TensorInfo {
  return run(backend, name, a, b, (shape) => backend.output(shape, 'float32'));
}

/** a = a ∘ b for a tensor that no one else has seen yet; b broadcasts to a's shape. */
export function applyBinary(backend: SimdBackend, name: BinaryName, a: TensorInfo, b: TensorInfo): void {
  run(backend, name, a, b, () => a);
}

interface Operands {
  a: TensorInfo;
  b: TensorInfo;
}

const elementwise = (Object.keys(BINARY) as BinaryName[]).map((name) =>
  kernel<Operands>(name, (call) => {
    const { a, b } = call.inputs;
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return runHostKernel(name, call);
    return runBinary(call.backend, name, a, b);
  }),
);

const addN = kernel<TensorInfo[]>('AddN', (call) => {
  const { inputs, backend } = call;
  const [first, second, ...rest] = inputs;
  if (!first || !second || inputs.some((tensor) => tensor.dtype !== 'float32')) return runHostKernel('AddN', call);
  const sum = runBinary(backend, 'Add', first, second);
  for (const tensor of rest) applyBinary(backend, 'Add', sum, tensor);
  return sum;
});

/** Exponents whose power is one or two multiplications. */
const SIMPLE_POWERS = new Map([
  [2, UNARY.Square],
  [3, UNARY.Cube],
  [-1, UNARY.Reciprocal],
]);

const pow = kernel<Operands>('Pow', (call) => {
  const { a, b } = call.inputs;
  const { backend } = call;
  if (a.dtype === 'float32' && b.dtype === 'float32' && b.shape.length <= a.shape.length) {
    const exponent = util.sizeFromShape(b.shape) === 1 ? backend.values<Float32Array>(b)[0]! : Number.NaN;
    const operation = SIMPLE_POWERS.get(exponent);
    if (operation !== undefined) return runUnary(backend, operation, a);
  }
  return runHostKernel('Pow', call);
});

export const binaryKernels = [...elementwise, addN, pow];

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernel, runHostKernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import { applyActivation, isFusable } from './activation.ts';
import { applyBinary } from './binary.ts';

interface MatMulAttributes {
  transposeA: boolean;
  transposeB: boolean;
}

/** C[rows, columns] (+)= op(A) · op(B) for matrices at these pointers. */
export function multiply(
  backend: SimdBackend,
  a: number,
  b: number,
  c: number,
  [rows, columns, steps]: readonly [number, number, number],
  transposeA: boolean,
  transposeB: boolean,
  accumulate = false,
): void {
  const { wasm, heap } = backend;
  const cost = rows * columns * steps * COST.product;
  // Along the longer side: each part packs all of the other operand.
  const byRows = rows >= columns;
  const split = byRows
    ? backend.split(rows, cost, Math.ceil(CACHE_LINE / Math.max(1, columns)))
    : backend.split(columns, cost, CACHE_LINE);
  const bytes = wasm.gemmScratchBytes();
  const scratch = heap.scratch(bytes * split.parts);
  backend.run(
    'gemm',
    split,
    [a, b, c, rows, columns, steps, transposeA, transposeB, accumulate, 0, rows, 0, columns, scratch],
    byRows ? 9 : 11,
    [[13, bytes]],
  );
}

/** a[…, M, K] · b[…, K, N], either stored transposed; the leading axes broadcast. */
export function batchMatMul(
  backend: SimdBackend,
  a: TensorInfo,
  b: TensorInfo,
  { transposeA, transposeB }: MatMulAttributes,
): TensorInfo {
  if (a.shape.length < 2 || b.shape.length < 2) {
    throw new Error(`Error in matMul: expected tensors of at least 2 axes, got [${a.shape}] and [${b.shape}].`);
  }
  const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
  const rows = transposeA ? columnsA : rowsA;
  const steps = transposeA ? rowsA : columnsA;
  const columns = transposeB ? rowsB : columnsB;
  const stepsB = transposeB ? columnsB : rowsB;
  if (steps !== stepsB) {
    throw new Error(
      `Error in matMul: inner shapes (${steps}) and (${stepsB}) of Tensors with shapes ${a.shape} and ${b.shape} ` +
        `and transposeA=${transposeA} and transposeB=${transposeB} must match.`,
    );
  }
  const batchA = a.shape.slice(0, -2);
  const batchB = b.shape.slice(0, -2);
  const rank = Math.max(batchA.length, batchB.length);
  const batch: number[] = [];
  /** Size, stride of a, stride of b (0: the same matrix again), outermost first, as assembly/gemm.ts reads them. */
  const axes: number[] = [];
  let strideA = rowsA * columnsA;
  let strideB = rowsB * columnsB;
  for (let axis = 1; axis <= rank; axis++) {
    const sizeA = batchA[batchA.length - axis] ?? 1;
    const sizeB = batchB[batchB.length - axis] ?? 1;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) {
      throw new Error(`Operands could not be broadcast together with shapes ${batchA} and ${batchB}.`);
    }
    const size = sizeA === 1 ? sizeB : sizeA;
    batch.unshift(size);
    axes.unshift(size, sizeA === 1 ? 0 : strideA, sizeB === 1 ? 0 : strideB);
    strideA *= sizeA;
    strideB *= sizeB;
  }
  const out = backend.output([...batch, rows, columns], 'float32');
  const count = batch.reduce((product, size) => product * size, 1);
  const [pointerA, pointerB, to] = [backend.pointer(a), backend.pointer(b), backend.pointer(out)];
  if (count === 1) {
    multiply(backend, pointerA, pointerB, to, [rows, columns, steps], transposeA, transposeB);
    return out;
  }
  const { wasm, heap } = backend;
  const cost = count * rows * columns * steps * COST.product;
  const split = backend.split(count, cost, Math.ceil(CACHE_LINE / (rows * columns)));
  const bytes = wasm.gemmScratchBytes();
  const scratch = heap.scratch(bytes * split.parts);
  const pointer = heap.argumentsPointer;
  heap.i32.set(axes, pointer / 4);
  backend.run(
    'gemmBatch',
    split,
    [pointerA, pointerB, to, rows, columns, steps, transposeA, transposeB, pointer, rank, 0, count, scratch],
    10,
    [[12, bytes]],
  );
  return out;
}

interface FusedMatMulInputs {
  a: TensorInfo;
  b: TensorInfo;
  bias?: TensorInfo;
  preluActivationWeights?: TensorInfo;
}

interface FusedMatMulAttributes extends MatMulAttributes {
  activation: string;
  leakyreluAlpha: number;
}

export const matMulKernels = [
  kernel<{ a: TensorInfo; b: TensorInfo }, MatMulAttributes>('BatchMatMul', (call) => {
    const { a, b } = call.inputs;
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return runHostKernel('BatchMatMul', call);
    return batchMatMul(call.backend, a, b, call.attrs);
  }),

  kernel<FusedMatMulInputs, FusedMatMulAttributes>('_FusedMatMul', (call) => {
    const { backend, attrs } = call;
    const { a, b, bias } = call.inputs;
    const activation = attrs.activation || 'linear';
    const isFloat = [a, b, bias].every((tensor) => !tensor || tensor.dtype === 'float32');
    if (!isFloat || !isFusable(activation)) return runHostKernel('_FusedMatMul', call);
    const out = batchMatMul(backend, a, b, attrs);
    if (bias) applyBinary(backend, 'Add', out, bias);
    applyActivation(backend, activation, out, attrs.leakyreluAlpha);
    return out;
  }),
];

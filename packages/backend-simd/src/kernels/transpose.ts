import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { kernel, runHostKernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import { copyBox, denseStrides } from './copyBox.ts';

/** Joins axes that stay neighbours in the same order, and drops axes of size 1: the least that has to move. */
function simplify(shape: readonly number[], perm: readonly number[]): { shape: number[]; perm: number[] } {
  const kept = perm.filter((axis) => shape[axis] !== 1);
  const runs: number[][] = [];
  for (const axis of kept) {
    const run = runs[runs.length - 1];
    const previous = run?.[run.length - 1];
    const between = previous === undefined ? [] : shape.slice(previous + 1, axis);
    const follows = previous !== undefined && axis > previous && between.every((size) => size === 1);
    if (run && follows) run.push(axis);
    else runs.push([axis]);
  }
  const order = runs.map((run, index) => ({ index, first: run[0]! })).sort((a, b) => a.first - b.first);
  const newShape = order.map(({ index }) => runs[index]!.reduce((product, axis) => product * shape[axis]!, 1));
  const newPerm = runs.map((_, index) => order.findIndex((entry) => entry.index === index));
  return { shape: newShape, perm: newPerm };
}

/** x with its axes in the order `perm`, for 4-byte dtypes. */
export function transpose(backend: SimdBackend, x: TensorInfo, perm: readonly number[]): TensorInfo {
  const shape = perm.map((axis) => x.shape[axis]!);
  const simple = simplify(x.shape, perm);
  const rank = simple.perm.length;
  if (rank <= 1) return backend.alias(x, shape);
  const out = backend.output(shape, x.dtype as 'float32' | 'int32');
  const [from, to] = [backend.pointer(x), backend.pointer(out)];
  const isMatrices = rank === 2 || (rank === 3 && simple.perm[0] === 0);
  if (isMatrices) {
    const [rows, columns] = simple.shape.slice(-2) as [number, number];
    const matrices = rank === 2 ? 1 : simple.shape[0]!;
    const cost = matrices * rows * columns * COST.element;
    const split = backend.split(matrices, cost, Math.ceil(CACHE_LINE / (rows * columns)));
    backend.run('transposeMatrices', split, [from, to, rows, columns, 0, matrices]);
  } else {
    const strides = denseStrides(simple.shape);
    const sizes = simple.perm.map((axis) => simple.shape[axis]!);
    copyBox(
      backend,
      from,
      to,
      sizes,
      simple.perm.map((axis) => strides[axis]!),
      denseStrides(sizes),
    );
  }
  return out;
}

export const transposeKernels = [
  kernel<{ x: TensorInfo }, { perm: number[] }>('Transpose', (call) => {
    const { x } = call.inputs;
    const isFourBytes = x.dtype === 'float32' || x.dtype === 'int32';
    if (!isFourBytes || util.sizeFromShape(x.shape) === 0) return runHostKernel('Transpose', call);
    return transpose(call.backend, x, call.attrs.perm);
  }),
];

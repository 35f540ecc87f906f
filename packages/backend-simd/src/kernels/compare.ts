import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { kernel, runHostKernel } from '../backend/kernel.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';

/** The numbers of assembly/compare.ts, and what a comparison becomes when its sides are exchanged. */
const COMPARISONS = {
  Greater: { operation: 0, exchanged: 2 },
  GreaterEqual: { operation: 1, exchanged: 3 },
  Less: { operation: 2, exchanged: 0 },
  LessEqual: { operation: 3, exchanged: 1 },
  Equal: { operation: 4, exchanged: 4 },
  NotEqual: { operation: 5, exchanged: 5 },
} as const;

const comparisons = Object.entries(COMPARISONS).map(([name, { operation, exchanged }]) =>
  kernel<{ a: TensorInfo; b: TensorInfo }>(name, (call) => {
    const { backend } = call;
    const { a, b } = call.inputs;
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return runHostKernel(name, call);
    const sameShape = util.arraysEqual(a.shape, b.shape);
    if (!sameShape && b.shape.length > 0 && a.shape.length > 0) return runHostKernel(name, call);
    const exchange = !sameShape && a.shape.length === 0;
    const [left, right] = exchange ? [b, a] : [a, b];
    const out = backend.output(left.shape, 'bool');
    const count = util.sizeFromShape(left.shape);
    const [from, other, to] = [backend.pointer(left), backend.pointer(right), backend.pointer(out)];
    // Booleans take a byte: 64 to a cache line.
    const split = backend.split(count, count * COST.element, 64);
    backend.run('compare', split, [exchange ? exchanged : operation, from, other, !sameShape, to, 0, count]);
    return out;
  }),
);

const select = kernel<{ condition: TensorInfo; t: TensorInfo; e: TensorInfo }>('Select', (call) => {
  const { backend } = call;
  const { condition, t, e } = call.inputs;
  const conditions = util.sizeFromShape(condition.shape);
  const size = util.sizeFromShape(t.shape);
  const rowwise = condition.shape.length === 1 && condition.shape[0] === t.shape[0];
  const fits = conditions === size || rowwise;
  if (condition.dtype !== 'bool' || t.dtype !== e.dtype || !isFourBytes(t.dtype) || !fits) {
    return runHostKernel('Select', call);
  }
  const out = backend.output(t.shape, t.dtype);
  const run = conditions === 0 ? 1 : size / conditions;
  const split = backend.split(conditions, size * COST.element, Math.ceil(CACHE_LINE / Math.max(1, run)));
  backend.run('select', split, [
    ...([backend.pointer(condition), backend.pointer(t), backend.pointer(e), backend.pointer(out)] as const),
    ...([run, 0, conditions] as const),
  ]);
  return out;
});

function isFourBytes(dtype: string): dtype is 'float32' | 'int32' {
  return dtype === 'float32' || dtype === 'int32';
}

export const compareKernels = [...comparisons, select];

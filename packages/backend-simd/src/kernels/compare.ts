import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { kernel, runHostKernel } from '../backend/kernel.ts';

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
    backend.wasm.compare(
      exchange ? exchanged : operation,
      backend.pointer(left),
      backend.pointer(right),
      !sameShape,
      backend.pointer(out),
      util.sizeFromShape(left.shape),
    );
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
  backend.wasm.select(
    backend.pointer(condition),
    backend.pointer(t),
    backend.pointer(e),
    backend.pointer(out),
    conditions,
    conditions === 0 ? 1 : size / conditions,
  );
  return out;
});

function isFourBytes(dtype: string): dtype is 'float32' | 'int32' {
  return dtype === 'float32' || dtype === 'int32';
}

export const compareKernels = [...comparisons, select];

import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { kernel, runHostKernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import { transpose } from './transpose.ts';

/** The numbers of assembly/reduce.ts. */
const REDUCTION = { Sum: 0, Max: 1, Min: 2 } as const;

interface Group {
  size: number;
  reduced: boolean;
}

/** Joins neighbouring axes that are all reduced or all kept. */
function groupAxes(shape: readonly number[], axes: readonly number[]): Group[] {
  const groups: Group[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const reduced = axes.includes(axis);
    const last = groups[groups.length - 1];
    if (last?.reduced === reduced) last.size *= size;
    else groups.push({ size, reduced });
  });
  return groups;
}

/**
 * Reduces x over `axes`; a sum is divided by `divisor`. Groups of axes are reduced from the innermost on, where the
 * numbers lie side by side.
 */
export function reduce(
  backend: SimdBackend,
  name: keyof typeof REDUCTION,
  x: TensorInfo,
  axes: readonly number[],
  keepDims: boolean,
  divisor = 1,
): TensorInfo {
  const [keptShape] = backend_util.computeOutAndReduceShapes(x.shape, [...axes]);
  const shape = keepDims ? backend_util.expandShapeToKeepDim(keptShape, [...axes]) : keptShape;
  const groups = groupAxes(x.shape, axes);
  const steps = groups.filter((group) => group.reduced).length;
  if (steps === 0) return backend.alias(x, shape);
  let current = x;
  for (let step = 1; step <= steps; step++) {
    const at = groups.map((group) => group.reduced).lastIndexOf(true);
    const [{ size: count }] = groups.splice(at, 1) as [Group];
    const outer = groups.slice(0, at).reduce((product, group) => product * group.size, 1);
    const inner = groups.slice(at).reduce((product, group) => product * group.size, 1);
    const isLast = step === steps;
    const out = backend.output(isLast ? shape : [outer, inner], 'float32');
    const [from, to] = [backend.pointer(current), backend.pointer(out)];
    const by = isLast ? divisor : 1;
    const cost = outer * count * inner * COST.reduction;
    if (inner === 1) {
      const split = backend.split(outer, cost, CACHE_LINE);
      backend.run('reduceRows', split, [REDUCTION[name], from, to, count, by, 0, outer]);
    } else {
      const byColumns = outer < backend.threads;
      const split = byColumns ? backend.split(inner, cost, CACHE_LINE) : backend.split(outer, cost);
      const args = [REDUCTION[name], from, to, count, inner, by, 0, outer, 0, inner] as const;
      backend.run('reduceColumns', split, [...args], byColumns ? 8 : 6);
    }
    if (current !== x) backend.disposeIntermediateTensorInfo(current);
    current = out;
  }
  return current;
}

interface ReduceAttributes {
  axis: number | number[];
  keepDims: boolean;
}

function reduction(name: 'Sum' | 'Mean' | 'Min') {
  return kernel<{ x: TensorInfo }, ReduceAttributes>(name, (call) => {
    const { x } = call.inputs;
    if (x.dtype !== 'float32' || util.sizeFromShape(x.shape) === 0) return runHostKernel(name, call);
    const axes = util.parseAxisParam(call.attrs.axis, x.shape);
    if (name === 'Mean') {
      const count = axes.reduce((product, axis) => product * x.shape[axis]!, 1);
      return reduce(call.backend, 'Sum', x, axes, call.attrs.keepDims, count);
    }
    return reduce(call.backend, name, x, axes, call.attrs.keepDims);
  });
}

const max = kernel<{ x: TensorInfo }, { reductionIndices: number | number[]; keepDims: boolean }>('Max', (call) => {
  const { x } = call.inputs;
  if (x.dtype !== 'float32' || util.sizeFromShape(x.shape) === 0) return runHostKernel('Max', call);
  const axes = util.parseAxisParam(call.attrs.reductionIndices, x.shape);
  return reduce(call.backend, 'Max', x, axes, call.attrs.keepDims);
});

const argMax = kernel<{ x: TensorInfo }, { axis: number }>('ArgMax', (call) => {
  const { backend } = call;
  const { x } = call.inputs;
  if (x.dtype !== 'float32' || util.sizeFromShape(x.shape) === 0) return runHostKernel('ArgMax', call);
  const [axis] = util.parseAxisParam(call.attrs.axis, x.shape) as [number];
  const permutation = backend_util.getAxesPermutation([axis], x.shape.length);
  const rows = permutation ? transpose(backend, x, permutation) : x;
  const count = x.shape[axis]!;
  const out = backend.output(
    x.shape.filter((_, index) => index !== axis),
    'int32',
  );
  const many = util.sizeFromShape(out.shape);
  const split = backend.split(many, many * count * COST.stridedCopy, CACHE_LINE);
  backend.run('argMaxRows', split, [backend.pointer(rows), backend.pointer(out), count, 0, many]);
  if (rows !== x) backend.disposeIntermediateTensorInfo(rows);
  return out;
});

export const reduceKernels = [reduction('Sum'), reduction('Mean'), reduction('Min'), max, argMax];

import type { SimdBackend } from '../backend/simdBackend.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';

interface Axis {
  size: number;
  from: number;
  to: number;
}

/** Strides of a dense tensor, in elements. */
export function denseStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** Copies a box of 4-byte elements between two strided layouts (strides in elements). */
export function copyBox(
  backend: SimdBackend,
  from: number,
  to: number,
  sizes: readonly number[],
  fromStrides: readonly number[],
  toStrides: readonly number[],
): void {
  if (sizes.includes(0)) return;
  const axes: Axis[] = [];
  sizes.forEach((size, index) => {
    if (size === 1) return;
    const axis = { size, from: fromStrides[index]!, to: toStrides[index]! };
    const outer = axes[axes.length - 1];
    if (outer && outer.from === size * axis.from && outer.to === size * axis.to) {
      axes[axes.length - 1] = { ...axis, size: outer.size * size };
    } else {
      axes.push(axis);
    }
  });
  if (axes.length === 0) axes.push({ size: 1, from: 1, to: 1 });
  const pointer = backend.heap.argumentsPointer;
  backend.heap.i32.set(
    axes.flatMap((axis) => [axis.size, axis.from, axis.to]),
    pointer / 4,
  );
  const rows = axes.slice(0, -1).reduce((product, axis) => product * axis.size, 1);
  const { size: count, from: fromStep, to: toStep } = axes[axes.length - 1]!;
  const cost = fromStep === 1 && toStep === 1 ? COST.copy : COST.stridedCopy;
  const split = backend.split(rows, rows * count * cost, Math.ceil(CACHE_LINE / count));
  backend.run('copyStrided', split, [from, to, pointer, axes.length, 0, rows]);
}

import { backend_util } from '@tensorflow/tfjs-core';

/** How two broadcast operands are walked: rows of `count` elements, and the axes that rows are counted over. */
export interface BroadcastPlan {
  shape: number[];
  /** Elements of a row. */
  count: number;
  /** Whether each operand advances along a row, or repeats one element. */
  aMoves: boolean;
  bMoves: boolean;
  rows: number;
  /** Outer axes, outermost first: size, stride of a, stride of b, in elements. */
  axes: number[];
  rank: number;
}

interface Axis {
  size: number;
  aMoves: boolean;
  bMoves: boolean;
}

/** Joins neighbouring axes along which the same operands advance, so that rows are as long as they can be. */
export function planBroadcast(a: readonly number[], b: readonly number[]): BroadcastPlan {
  const shape = backend_util.assertAndGetBroadcastShape([...a], [...b]);
  const joined: Axis[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    const size = shape[axis]!;
    if (size === 1) continue;
    const aMoves = (a[axis - shape.length + a.length] ?? 1) !== 1;
    const bMoves = (b[axis - shape.length + b.length] ?? 1) !== 1;
    const last = joined[joined.length - 1];
    if (last && last.aMoves === aMoves && last.bMoves === bMoves) last.size *= size;
    else joined.push({ size, aMoves, bMoves });
  }
  const row = joined.pop() ?? { size: 1, aMoves: true, bMoves: true };
  const axes: number[] = [];
  let rows = 1;
  let strideA = row.aMoves ? row.size : 1;
  let strideB = row.bMoves ? row.size : 1;
  for (const { size, aMoves, bMoves } of joined.reverse()) {
    axes.unshift(size, aMoves ? strideA : 0, bMoves ? strideB : 0);
    rows *= size;
    if (aMoves) strideA *= size;
    if (bMoves) strideB *= size;
  }
  return { shape, count: row.size, aMoves: row.aMoves, bMoves: row.bMoves, rows, axes, rank: joined.length };
}

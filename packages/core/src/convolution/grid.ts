import type { HostArray } from '../tensor/hostArray.ts';

/** A 1-D signal: numbers, a typed array. */
export type Signal1d = ArrayLike<number>;
/** A 2-D signal: rows of equal length. */
export type Signal2d = ArrayLike<ArrayLike<number>>;
export type Signal = Signal1d | Signal2d | HostArray;

/** What a result looks like: as the first signal was given. */
export type ResultOf<F extends Signal> = F extends HostArray
  ? HostArray<'float64'>
  : F extends Signal1d
    ? Float64Array
    : number[][];

/** A signal as rows and columns in double precision; a 1-D signal is one row. */
export interface Grid {
  readonly rank: 1 | 2;
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** Whether a signal is an array with a dtype and a shape. */
export function isHostArray(signal: Signal): signal is HostArray {
  return 'dtype' in signal && 'shape' in signal;
}

function gridOfHostArray({ dtype, shape, data }: HostArray, name: string): Grid {
  if (dtype === 'float16' || dtype === 'bfloat16') {
    throw new TypeError(`${name} is ${dtype}, expected an element type that JavaScript's numbers can hold`);
  }
  if (shape.length !== 1 && shape.length !== 2) {
    throw new RangeError(`${name} has shape [${shape.join(', ')}], expected one or two dimensions`);
  }
  const [rows, columns] = shape.length === 1 ? [1, shape[0]] : [shape[0], shape[1]];
  return { rank: shape.length, rows, columns, data: Float64Array.from(data as ArrayLike<number | bigint>, Number) };
}

/** Reads a signal; throws if it is empty or its rows differ in length. */
export function toGrid(signal: Signal, name: string): Grid {
  let grid: Grid;
  if (isHostArray(signal)) grid = gridOfHostArray(signal, name);
  else if (signal.length > 0 && typeof signal[0] !== 'number') {
    const rows = Array.from(signal as Signal2d);
    const columns = rows[0].length;
    const uneven = rows.findIndex((row) => row.length !== columns);
    if (uneven >= 0) {
      throw new RangeError(
        `${name}'s row ${uneven} has ${rows[uneven].length} elements, expected ${columns} as in row 0`,
      );
    }
    const data = new Float64Array(rows.length * columns);
    rows.forEach((row, index) => {
      data.set(row, index * columns);
    });
    grid = { rank: 2, rows: rows.length, columns, data };
  } else {
    grid = { rank: 1, rows: 1, columns: signal.length, data: Float64Array.from(signal as Signal1d) };
  }
  if (grid.data.length === 0) throw new RangeError(`${name} is empty, expected at least one element`);
  return grid;
}

/** Reads two signals; throws if they differ in their number of dimensions. */
export function toGrids(f: Signal, g: Signal): [Grid, Grid] {
  const grids: [Grid, Grid] = [toGrid(f, 'f'), toGrid(g, 'g')];
  if (grids[0].rank !== grids[1].rank) {
    throw new RangeError(`f has ${grids[0].rank} dimensions and g has ${grids[1].rank}, expected as many in both`);
  }
  return grids;
}

/** Gives a grid back in the form of the signal that it came from. */
export function fromGrid<F extends Signal>({ rank, rows, columns, data }: Grid, like: F): ResultOf<F> {
  const asGiven = (): HostArray<'float64'> | Float64Array | number[][] => {
    if (isHostArray(like)) return { dtype: 'float64', shape: rank === 1 ? [columns] : [rows, columns], data };
    if (rank === 1) return data;
    return Array.from({ length: rows }, (_, row) => Array.from(data.subarray(row * columns, (row + 1) * columns)));
  };
  return asGiven() as ResultOf<F>;
}

/** The grid turned by 180°: reversed in 1-D, both axes in 2-D. */
export function flipGrid(grid: Grid): Grid {
  return { ...grid, data: grid.data.slice().reverse() };
}

import { type ConvolutionMode, keptSpans } from './borders.ts';
import { type Signal, type Signal1d, type Signal2d, toGrids } from './grid.ts';

/** One product of the sum: f at `m` times g at `n − m`. */
export interface ConvolutionTerm<Position> {
  readonly m: Position;
  /** n − m, where the flipped kernel is read. */
  readonly gPosition: Position;
  readonly f: number;
  readonly g: number;
  readonly product: number;
}

/** One element of the result, (f∗g)[n], with all that was added up; terms outside either signal are zero and left out. */
export interface ConvolutionStep<Position> {
  readonly n: Position;
  readonly terms: readonly ConvolutionTerm<Position>[];
  readonly sum: number;
}

export type Position2d = readonly [row: number, column: number];

/**
 * Follows a discrete convolution step by step: for each n the positions m, the products f[m]·g[n − m] and their sum.
 * n counts in the full result, so `'same'` and `'valid'` show which of its elements they keep.
 *
 * @param f - the signal, 1-D or 2-D.
 * @param g - the kernel, with as many dimensions.
 * @param options - `mode`, as in `convolve`.
 * @returns A step for each element of `convolve(f, g, { mode })`, in its order (row by row in 2-D).
 *
 * @example
 * ```ts
 * const [first, second] = traceConvolution([1, 2], [3, 4]);
 * first.sum; // 3 = 1·3
 * second.terms.map(({ f, g, product }) => `${f}·${g} = ${product}`); // ['1·4 = 4', '2·3 = 6']
 * ```
 */
export function traceConvolution(
  f: Signal1d,
  g: Signal1d,
  options?: { readonly mode?: ConvolutionMode },
): ConvolutionStep<number>[];
export function traceConvolution(
  f: Signal2d,
  g: Signal2d,
  options?: { readonly mode?: ConvolutionMode },
): ConvolutionStep<Position2d>[];
export function traceConvolution(
  f: Signal,
  g: Signal,
  { mode = 'full' }: { readonly mode?: ConvolutionMode } = {},
): ConvolutionStep<number>[] | ConvolutionStep<Position2d>[] {
  const [signal, kernel] = toGrids(f, g);
  const [rows, columns] = keptSpans(signal, kernel, mode, 'convolve');
  const steps: ConvolutionStep<Position2d>[] = [];
  for (let row = rows.start; row < rows.start + rows.length; row++) {
    for (let column = columns.start; column < columns.start + columns.length; column++) {
      const terms: ConvolutionTerm<Position2d>[] = [];
      let sum = 0;
      for (let m = Math.max(0, row - kernel.rows + 1); m <= Math.min(row, signal.rows - 1); m++) {
        for (let l = Math.max(0, column - kernel.columns + 1); l <= Math.min(column, signal.columns - 1); l++) {
          const a = signal.data[m * signal.columns + l];
          const b = kernel.data[(row - m) * kernel.columns + column - l];
          terms.push({ m: [m, l], gPosition: [row - m, column - l], f: a, g: b, product: a * b });
          sum += a * b;
        }
      }
      steps.push({ n: [row, column], terms, sum });
    }
  }
  if (signal.rank === 2) return steps;
  return steps.map(({ n, terms, sum }) => ({
    n: n[1],
    terms: terms.map((term) => ({ ...term, m: term.m[1], gPosition: term.gPosition[1] })),
    sum,
  }));
}

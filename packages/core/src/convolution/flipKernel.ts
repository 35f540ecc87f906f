import { flipGrid, fromGrid, type ResultOf, type Signal, toGrid } from './grid.ts';

/**
 * Flips a kernel: left–right in 1-D, g[N − 1 − n]; both axes in 2-D. It is what tells a convolution from a
 * cross-correlation: `convolve(f, g)` equals `crossCorrelate(f, flipKernel(g))` for real signals.
 *
 * @example
 * ```ts
 * flipKernel([1, 2, 3]); // Float64Array [3, 2, 1]
 * flipKernel([[1, 2], [3, 4]]); // [[4, 3], [2, 1]]
 * ```
 */
export function flipKernel<G extends Signal>(g: G): ResultOf<G> {
  return fromGrid(flipGrid(toGrid(g, 'g')), g);
}

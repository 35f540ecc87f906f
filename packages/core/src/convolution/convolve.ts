import { type ConvolutionMode, keptSpans, type Span } from './borders.ts';
import { flipGrid, fromGrid, type Grid, type ResultOf, type Signal, toGrids } from './grid.ts';

export interface ConvolveOptions {
  /** Which part of the result is kept; `'full'` by default. */
  readonly mode?: ConvolutionMode;
}

/** Σ f[m]·g[n − m] over rows and columns, for the n that are kept. */
function convolveSpans(f: Grid, g: Grid, [rows, columns]: readonly [Span, Span]): Grid {
  const data = new Float64Array(rows.length * columns.length);
  for (let row = 0; row < rows.length; row++) {
    const n = rows.start + row;
    for (let column = 0; column < columns.length; column++) {
      const k = columns.start + column;
      let sum = 0;
      for (let m = Math.max(0, n - g.rows + 1); m <= Math.min(n, f.rows - 1); m++) {
        for (let l = Math.max(0, k - g.columns + 1); l <= Math.min(k, f.columns - 1); l++) {
          sum += f.data[m * f.columns + l] * g.data[(n - m) * g.columns + k - l];
        }
      }
      data[row * columns.length + column] = sum;
    }
  }
  return { rank: f.rank, rows: rows.length, columns: columns.length, data };
}

/**
 * The discrete convolution, 1-D or 2-D: (f∗g)[n] = Σₘ f[m]·g[n − m]. The kernel g is flipped, which what deep learning
 * calls a convolution does not do ({@link crossCorrelate}). Beyond their ends the signals are zero.
 *
 * @param f - the signal: numbers, rows of numbers, or a host array of one or two dimensions.
 * @param g - the kernel, with as many dimensions.
 * @param options - `mode`: `'full'` (the default), `'same'` or `'valid'`.
 * @returns Double precision: a Float64Array for a 1-D `f`, rows for a 2-D one, a host array for a host array.
 *
 * Shape: full M + N − 1; valid |M − N| + 1; same max(M, N) in 1-D (as `np.convolve`) and f's shape in 2-D (as
 * `scipy.signal.convolve2d`).
 *
 * @throws RangeError if a signal is empty, the numbers of dimensions differ, or neither holds the other under `'valid'`.
 *
 * @example
 * ```ts
 * convolve([1, 2, 3], [0, 1, 0.5]); // Float64Array [0, 1, 2.5, 4, 1.5]
 * convolve([1, 2, 3], [0, 1, 0.5], { mode: 'same' }); // Float64Array [1, 2.5, 4]
 * ```
 *
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.convolve.html,
 * https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.convolve2d.html
 */
export function convolve<F extends Signal>(f: F, g: Signal, { mode = 'full' }: ConvolveOptions = {}): ResultOf<F> {
  const [signal, kernel] = toGrids(f, g);
  return fromGrid(convolveSpans(signal, kernel, keptSpans(signal, kernel, mode, 'convolve')), f);
}

/**
 * The discrete cross-correlation, 1-D or 2-D, of real signals: (f⋆g)[k] = Σₘ f[m + k]·g[m]. The kernel is not flipped:
 * this is the sum that `Conv1d` and `Conv2d` compute (with `'valid'`). In the full result k runs from −(N − 1) to M − 1.
 *
 * Arguments, shape and errors are those of {@link convolve}. Results are those of `np.correlate` in 1-D (whose default
 * mode is `'valid'`, here `'full'`) and `scipy.signal.correlate2d` in 2-D. It does not commute: swapping the signals
 * reverses the result.
 *
 * @example
 * ```ts
 * crossCorrelate([1, 2, 3], [0, 1, 0.5]); // Float64Array [0.5, 2, 3.5, 3, 0]
 * crossCorrelate([1, 2, 3], [0, 1, 0.5], { mode: 'valid' }); // Float64Array [3.5]
 * ```
 *
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.correlate.html,
 * https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.correlate2d.html
 */
export function crossCorrelate<F extends Signal>(
  f: F,
  g: Signal,
  { mode = 'full' }: ConvolveOptions = {},
): ResultOf<F> {
  const [signal, kernel] = toGrids(f, g);
  return fromGrid(convolveSpans(signal, flipGrid(kernel), keptSpans(signal, kernel, mode, 'correlate')), f);
}

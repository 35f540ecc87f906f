import type { Grid } from './grid.ts';

/**
 * Which part of the result is kept: `'full'` all places where the signals touch, `'same'` the middle of it, `'valid'`
 * only the places where one signal lies wholly within the other.
 */
export type ConvolutionMode = 'full' | 'same' | 'valid';

/** The part of the full result that is kept along one axis. */
export interface Span {
  readonly start: number;
  readonly length: number;
}

export type Operation = 'convolve' | 'correlate';

const MODES: readonly string[] = ['full', 'same', 'valid'];

/**
 * NumPy keeps as many as the longer signal has, in the middle. np.correlate swaps the signals when the second is the
 * longer and reverses the result, so that the odd element falls on the other side; np.convolve swaps without reversing.
 */
function sameAsNumpy(f: number, g: number, operation: Operation): Span {
  const shorter = Math.min(f, g);
  const fromLeft = Math.floor((shorter - 1) / 2);
  const start = operation === 'correlate' && g > f ? shorter - 1 - fromLeft : fromLeft;
  return { start, length: Math.max(f, g) };
}

/** SciPy keeps as many as the first signal has, and rounds the other way for a correlation. */
function sameAsScipy(f: number, g: number, operation: Operation): Span {
  return { start: operation === 'convolve' ? Math.floor((g - 1) / 2) : Math.floor(g / 2), length: f };
}

/** The rows and columns of the full result that `mode` keeps. */
export function keptSpans(f: Grid, g: Grid, mode: ConvolutionMode, operation: Operation): [rows: Span, columns: Span] {
  if (!MODES.includes(mode)) throw new RangeError(`mode is '${mode}', expected 'full', 'same' or 'valid'`);
  const sides = [
    [f.rows, g.rows],
    [f.columns, g.columns],
  ] as const;
  const within = (a: 0 | 1, b: 0 | 1) => sides.every((side) => side[a] <= side[b]);
  if (mode === 'valid' && !within(0, 1) && !within(1, 0)) {
    throw new RangeError(
      `mode 'valid' was given ${f.rows}×${f.columns} and ${g.rows}×${g.columns}, expected one to be at least as large as the other in every dimension`,
    );
  }
  const span = ([a, b]: readonly [number, number]): Span => {
    if (mode === 'full') return { start: 0, length: a + b - 1 };
    if (mode === 'valid') return { start: Math.min(a, b) - 1, length: Math.abs(a - b) + 1 };
    // A 1-D signal's single row is kept by both rules.
    return f.rank === 1 ? sameAsNumpy(a, b, operation) : sameAsScipy(a, b, operation);
  };
  return [span(sides[0]), span(sides[1])];
}

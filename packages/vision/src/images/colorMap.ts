import { rgb } from 'd3-color';
import { interpolateInferno, interpolateRdBu } from 'd3-scale-chromatic';
import type { RgbaImage } from './rgbaImage.ts';

/**
 * Turns numbers into colours.
 *
 * - `gray`: `low` is black, `high` is white: the images themselves.
 * - `inferno`: from black over red to light yellow, evenly growing in lightness: how much there is of something, as in
 *   a feature map after its ReLU.
 * - `diverging`: blue below 0, near white at 0, red above, with equal reach on both sides: weights, where the sign matters.
 */
export type ColorMapName = 'gray' | 'inferno' | 'diverging';

/** The numbers that get the first and the last colour. */
export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

// Odd, so that one colour stands in the middle: 0 of a diverging map.
const steps = 257;

function table(color: (t: number) => string): Uint8ClampedArray {
  const bytes = new Uint8ClampedArray(steps * 4);
  for (let i = 0; i < steps; i++) {
    const { r, g, b } = rgb(color(i / (steps - 1)));
    bytes.set([r, g, b, 255], i * 4);
  }
  return bytes;
}

const palettes: Record<ColorMapName, (t: number) => string> = {
  gray: (t) => rgb(255 * t, 255 * t, 255 * t).formatRgb(),
  inferno: interpolateInferno,
  diverging: (t) => interpolateRdBu(1 - t),
};

const tables = new Map<ColorMapName, Uint8ClampedArray>();

/** The 257 colours of a map, four bytes each. */
export function colorTable(name: ColorMapName): Uint8ClampedArray {
  let colors = tables.get(name);
  if (!colors) {
    colors = table(palettes[name]);
    tables.set(name, colors);
  }
  return colors;
}

/** The smallest and largest of the finite values: a range for `gray` and `inferno`. */
export function valueRange(values: ArrayLike<number>): ValueRange {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : { low: 0, high: 0 };
}

/** A range centred at 0 that reaches the value farthest from it: a range for `diverging`. */
export function centredRange(values: ArrayLike<number>): ValueRange {
  const { low, high } = valueRange(values);
  const reach = Math.max(Math.abs(low), Math.abs(high));
  return { low: -reach, high: reach };
}

/**
 * Colours `values` (row by row, `width` × `height`): `range.low` and everything under it gets the map's first colour,
 * `range.high` and everything over it the last. A range without extent gets the first colour (the middle one where the
 * map diverges); a value that is not a number is drawn transparent, so that it is seen.
 */
export function colorize(
  values: ArrayLike<number>,
  width: number,
  height: number,
  { colorMap = 'gray', range }: { colorMap?: ColorMapName; range?: ValueRange } = {},
): RgbaImage {
  if (values.length !== width * height) {
    throw new RangeError(`colorize: ${width}×${height} pixels need ${width * height} values, got ${values.length}`);
  }
  const { low, high } = range ?? (colorMap === 'diverging' ? centredRange(values) : valueRange(values));
  const colors = colorTable(colorMap);
  const data = new Uint8ClampedArray(values.length * 4);
  const flat = colorMap === 'diverging' ? 0.5 : 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    const position = high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : flat;
    const color = Math.round(position * (steps - 1)) * 4;
    data.set(colors.subarray(color, color + 4), i * 4);
  }
  return { width, height, data };
}

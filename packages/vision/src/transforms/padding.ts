/** Where the pixels beyond the border come from, as `torchvision.transforms.functional.pad` says it. */
export type PaddingMode =
  /** One value for all. */
  | 'constant'
  /** The last pixel, again and again. */
  | 'edge'
  /** Mirrored at the last pixel, which is not repeated: 3 2 [1 2 3 4] 3 2. */
  | 'reflect'
  /** Mirrored behind the last pixel, which is repeated: 2 1 [1 2 3 4] 4 3. */
  | 'symmetric';

/** All sides alike, `[left and right, top and bottom]`, or `[left, top, right, bottom]`, in pixels. */
export type Padding = number | readonly [number, number] | readonly [number, number, number, number];

/** Every side by itself. */
export type Sides = readonly [left: number, top: number, right: number, bottom: number];

/** @throws RangeError unless every side is a whole number of at least 0. */
export function toSides(transform: string, padding: Padding): Sides {
  const given = typeof padding === 'number' ? [padding, padding] : padding;
  const sides = given.length === 2 ? [...given, ...given] : given;
  if (sides.length !== 4 || sides.some((side) => !Number.isInteger(side) || side < 0)) {
    const shown = typeof padding === 'number' ? padding : `[${padding.join(', ')}]`;
    throw new RangeError(`${transform}: expected padding of 1, 2 or 4 whole numbers of at least 0, got ${shown}`);
  }
  return sides as unknown as Sides;
}

/** Where a pixel of the padded line comes from that is the filling value. */
export const FILLED = -1;

/**
 * Pads a line, given by where each of its pixels comes from, on both ends.
 *
 * @throws RangeError if a mirrored side is longer than what there is to mirror.
 */
export function padLine(
  transform: string,
  line: Int32Array,
  before: number,
  after: number,
  mode: PaddingMode,
): Int32Array {
  const { length } = line;
  const most = mode === 'reflect' ? length - 1 : mode === 'symmetric' ? length : Number.POSITIVE_INFINITY;
  if (Math.max(before, after) > most) {
    throw new RangeError(
      `${transform}: expected padding of at most ${most} pixels on a side of ${length} (${mode}), got ${Math.max(before, after)}`,
    );
  }
  return Int32Array.from({ length: before + length + after }, (_, position) => {
    const place = sourceOf(position - before, length, mode);
    return place === FILLED ? FILLED : line[place]!;
  });
}

function sourceOf(place: number, length: number, mode: PaddingMode): number {
  if (place >= 0 && place < length) return place;
  switch (mode) {
    case 'constant':
      return FILLED;
    case 'edge':
      return place < 0 ? 0 : length - 1;
    case 'reflect':
      return place < 0 ? -place : 2 * (length - 1) - place;
    case 'symmetric':
      return place < 0 ? -place - 1 : 2 * length - 1 - place;
  }
}

import type { Generator } from '@flambeau/core';
import { FILLED, type Padding, type PaddingMode, padLine, type Sides, toSides } from './padding.ts';
import { drawIndex, type ImageSize, Transform } from './transform.ts';

export interface RandomCropOptions {
  /** Added on the borders before cropping: all alike, `[left and right, top and bottom]` or `[left, top, right, bottom]`. Default 0. */
  readonly padding?: Padding;
  /** Pads an image that is too small, on both sides. Default false. */
  readonly padIfNeeded?: boolean;
  /** What constant padding is made of. Default 0. */
  readonly fill?: number;
  /** Default `'constant'`. */
  readonly paddingMode?: PaddingMode;
}

/** Where the rows and columns of the padded image come from. */
interface PaddedImage {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
}

/**
 * A part of the image at a random place (`torchvision.transforms.RandomCrop`); padded by a few pixels first, the image
 * shifted at random.
 *
 * Shape: `[C, H, W]` → `[C, size, size]`.
 *
 * @param size - height and width of the part, or one number for both.
 * @throws RangeError if sizes are no whole numbers; when used, if the part is larger than the padded image.
 *
 * @example
 * ```ts
 * const crop = new transforms.RandomCrop(28, { padding: 2 }); // shifts 28×28 images by up to 2 pixels each way
 * ```
 */
export class RandomCrop extends Transform {
  readonly size: readonly [height: number, width: number];
  readonly padding: Sides;
  readonly padIfNeeded: boolean;
  readonly fill: number;
  readonly paddingMode: PaddingMode;
  private readonly paddedImages = new Map<string, PaddedImage>();
  private scratch = new Float32Array(0);

  constructor(size: number | readonly [height: number, width: number], options: RandomCropOptions = {}) {
    super();
    const { padding = 0, padIfNeeded = false, fill = 0, paddingMode = 'constant' } = options;
    this.size = typeof size === 'number' ? [size, size] : size;
    if (this.size.length !== 2 || this.size.some((side) => !Number.isInteger(side) || side < 1)) {
      throw new RangeError(`RandomCrop: expected a height and width of whole pixels, got [${this.size.join(', ')}]`);
    }
    this.padding = toSides('RandomCrop', padding);
    this.padIfNeeded = padIfNeeded;
    this.fill = fill;
    this.paddingMode = paddingMode;
  }

  override outputSize(size: ImageSize): ImageSize {
    const { rows, columns } = this.padded(size);
    const [height, width] = this.size;
    if (rows.length < height || columns.length < width) {
      throw new RangeError(
        `${this}: the part is larger than the padded image, which is ${rows.length}×${columns.length}`,
      );
    }
    return [size[0], height, width];
  }

  transformImage(pixels: Float32Array, size: ImageSize, generator: Generator): Float32Array {
    const [channels, inHeight, inWidth] = size;
    const [height, width] = this.size;
    const { rows, columns } = this.padded(size);
    const { fill } = this;
    let [top, left] = [0, 0];
    // torchvision draws nothing where there is but one place.
    if (rows.length !== height || columns.length !== width) {
      top = drawIndex(generator, rows.length - height + 1);
      left = drawIndex(generator, columns.length - width + 1);
    }
    const length = channels * height * width;
    // An image of the same size is made in its place, from a copy that is used again: new arrays are what takes time.
    const isSameSize = length === pixels.length;
    const source = isSameSize ? this.copyOf(pixels) : pixels;
    const part = isSameSize ? pixels : new Float32Array(length);
    const taken = columns.subarray(left, left + width);
    for (let channel = 0; channel < channels; channel++) {
      for (let y = 0; y < height; y++) {
        const row = rows[top + y]!;
        const to = (channel * height + y) * width;
        if (row === FILLED) part.fill(fill, to, to + width);
        else takeRow(part, to, source, (channel * inHeight + row) * inWidth, taken, fill);
      }
    }
    return part;
  }

  private copyOf(pixels: Float32Array): Float32Array {
    if (this.scratch.length !== pixels.length) this.scratch = new Float32Array(pixels.length);
    this.scratch.set(pixels);
    return this.scratch;
  }

  private padded([, height, width]: ImageSize): PaddedImage {
    const key = `${height}×${width}`;
    let found = this.paddedImages.get(key);
    if (found === undefined) {
      const [left, top, right, bottom] = this.padding;
      found = {
        rows: this.line(height, top, bottom, this.size[0]),
        columns: this.line(width, left, right, this.size[1]),
      };
      this.paddedImages.set(key, found);
    }
    return found;
  }

  private line(length: number, before: number, after: number, needed: number): Int32Array {
    const line = padLine(
      'RandomCrop',
      Int32Array.from({ length }, (_, i) => i),
      before,
      after,
      this.paddingMode,
    );
    const lacking = this.padIfNeeded ? Math.max(0, needed - line.length) : 0;
    return padLine('RandomCrop', line, lacking, lacking, this.paddingMode);
  }

  toString(): string {
    const [height, width] = this.size;
    return `RandomCrop(size=[${height}, ${width}], padding=[${this.padding.join(', ')}])`;
  }
}

/** Writes the row whose pixels come from the given columns of a row of the source. */
function takeRow(
  part: Float32Array,
  to: number,
  source: Float32Array,
  from: number,
  columns: Int32Array,
  fill: number,
): void {
  for (let x = 0; x < columns.length; x++) {
    const column = columns[x]!;
    part[to + x] = column === FILLED ? fill : source[from + column]!;
  }
}

/** Pixels in rows from the top left, four bytes each (red, green, blue, alpha): the shape of a canvas's `ImageData`. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** An opaque image of one colour. */
export function solidImage(width: number, height: number, [red, green, blue]: readonly number[]): RgbaImage {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < data.length; i += 4) data.set([red!, green!, blue!, 255], i);
  return { width, height, data };
}

/**
 * Enlarges by a whole factor, every pixel becoming a square of `factor` × `factor` equal ones (nearest neighbour).
 * A feature map of 8 × 8 is looked at pixel by pixel, so nothing may be interpolated.
 */
export function upscale(image: RgbaImage, factor: number): RgbaImage {
  if (!Number.isInteger(factor) || factor < 1) {
    throw new RangeError(`upscale: expected a whole factor of at least 1, got ${factor}`);
  }
  // A copy, because a view that someone else made need not begin at a multiple of four bytes.
  const source = new Uint32Array(image.data.slice().buffer);
  const width = image.width * factor;
  const height = image.height * factor;
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / factor) * image.width;
    for (let x = 0; x < width; x++) pixels[y * width + x] = source[row + Math.floor(x / factor)]!;
  }
  return { width, height, data: new Uint8ClampedArray(pixels.buffer) };
}

/** Copies `image` into `canvas` with its top left corner at (`left`, `top`). */
export function paste(canvas: RgbaImage, image: RgbaImage, left: number, top: number): void {
  if (left < 0 || top < 0 || left + image.width > canvas.width || top + image.height > canvas.height) {
    throw new RangeError(
      `paste: an image of ${image.width}×${image.height} at (${left}, ${top}) leaves the canvas of ${canvas.width}×${canvas.height}`,
    );
  }
  for (let y = 0; y < image.height; y++) {
    const row = image.data.subarray(y * image.width * 4, (y + 1) * image.width * 4);
    canvas.data.set(row, ((top + y) * canvas.width + left) * 4);
  }
}

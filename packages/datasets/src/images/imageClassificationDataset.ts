import type { Dataset, HostArray } from '@flambeau/core';
import { DataError } from '../dataError.ts';

/** One example: the image, float32 `[1, height, width]` in 0…1, and its class. */
export type LabelledImage = [image: HostArray<'float32'>, label: number];

/** A batch: the images, float32 `[B, 1, height, width]` in 0…1, and their classes, int32 `[B]`. */
export type LabelledImages = [images: HostArray<'float32'>, labels: HostArray<'int32'>];

/**
 * Grey images with one class each: `torchvision.datasets.MNIST` and its successors with `transform=ToTensor()`.
 *
 * Images stay bytes in one array; `get` and `getBatch` turn those asked for into float32 in 0…1 (x / 255).
 *
 * @param images uint8 `[N, 1, height, width]` or `[N, height, width]`
 * @param labels uint8 `[N]`, each less than `classes.length`
 * @param classes the names of the classes
 * @throws {DataError} `wrong-format` if shapes, lengths or labels do not fit together
 *
 * Shape: `get(i)` → `[[1, height, width], number]`; `getBatch(indices)` → `[[B, 1, height, width], [B]]`.
 *
 * @example
 * ```ts
 * const images = hostArray('uint8', [2, 1, 1, 2], Uint8Array.of(0, 255, 51, 102));
 * const labels = hostArray('uint8', [2], Uint8Array.of(1, 0));
 * const dataset = new ImageClassificationDataset(images, labels, ['coat', 'bag']);
 * const [image, label] = dataset.get(1);
 * console.log(image.data, dataset.classes[label]); // Float32Array [ 0.2, 0.4 ] coat
 * ```
 */
export class ImageClassificationDataset implements Dataset<LabelledImage | LabelledImages> {
  /** uint8 `[N, 1, height, width]` (torchvision's `data`). */
  readonly images: HostArray<'uint8'>;
  /** uint8 `[N]` (torchvision's `targets`). */
  readonly labels: HostArray<'uint8'>;
  readonly classes: readonly string[];

  constructor(images: HostArray, labels: HostArray, classes: readonly string[]) {
    if (images.dtype !== 'uint8' || !isImageShape(images.shape)) {
      throw new DataError(
        'wrong-format',
        `expected images uint8 [N, height, width] or [N, 1, height, width], got ${describe(images)}`,
      );
    }
    const [count] = images.shape;
    if (labels.dtype !== 'uint8' || labels.shape.length !== 1 || labels.shape[0] !== count) {
      throw new DataError(
        'wrong-format',
        `expected labels uint8 [${count}] for ${count} images, got ${describe(labels)}`,
      );
    }
    const bytes = labels.data as Uint8Array;
    const stray = bytes.findIndex((label) => label >= classes.length);
    if (stray >= 0) {
      throw new DataError(
        'wrong-format',
        `expected labels less than ${classes.length}, the number of classes, got ${bytes[stray]} at index ${stray}`,
      );
    }
    const [height, width] = images.shape.slice(-2);
    this.images = { dtype: 'uint8', shape: [count, 1, height, width], data: images.data as Uint8Array };
    this.labels = { dtype: 'uint8', shape: labels.shape, data: bytes };
    this.classes = classes;
  }

  get length(): number {
    return this.labels.data.length;
  }

  /** Height and width of every image, in pixels. */
  get imageSize(): [height: number, width: number] {
    return [this.images.shape[2], this.images.shape[3]];
  }

  get(index: number): LabelledImage {
    this.#check(index);
    const [height, width] = this.imageSize;
    const data = new Float32Array(height * width);
    this.#write(index, data, 0);
    return [{ dtype: 'float32', shape: [1, height, width], data }, this.labels.data[index]];
  }

  getBatch(indices: ArrayLike<number>): LabelledImages {
    const [height, width] = this.imageSize;
    const count = indices.length;
    const images = new Float32Array(count * height * width);
    const labels = new Int32Array(count);
    for (let position = 0; position < count; position++) {
      const index = indices[position];
      this.#check(index);
      this.#write(index, images, position * height * width);
      labels[position] = this.labels.data[index];
    }
    return [
      { dtype: 'float32', shape: [count, 1, height, width], data: images },
      { dtype: 'int32', shape: [count], data: labels },
    ];
  }

  /** The first `count` examples (all of them where there are fewer), as a view on the same bytes. */
  take(count: number): ImageClassificationDataset {
    return this.slice(0, count);
  }

  /** Examples `start` to `end` (exclusive; the end by default), as a view on the same bytes. */
  slice(start: number, end = this.length): ImageClassificationDataset {
    if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end < start) {
      throw new RangeError(`expected whole numbers 0 ≤ start ≤ end, got ${start} and ${end}`);
    }
    const [height, width] = this.imageSize;
    const labels = this.labels.data.subarray(start, end);
    const images = this.images.data.subarray(start * height * width, end * height * width);
    return new ImageClassificationDataset(
      { dtype: 'uint8', shape: [labels.length, 1, height, width], data: images },
      { dtype: 'uint8', shape: [labels.length], data: labels },
      this.classes,
    );
  }

  #check(index: number): void {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new RangeError(`expected an index of 0 to ${this.length - 1}, got ${index}`);
    }
  }

  /**
   * Writes the image at `index` into `out` from `offset` on, as `torchvision.transforms.ToTensor` makes it. Indexing views of one image is twice as fast as indexing the whole with offsets.
   */
  #write(index: number, out: Float32Array, offset: number): void {
    const size = this.images.shape[2] * this.images.shape[3];
    const from = this.images.data.subarray(index * size, (index + 1) * size);
    const to = out.subarray(offset, offset + size);
    let pixel = 0;
    for (; pixel + 4 <= size; pixel += 4) {
      to[pixel] = BRIGHTNESS[from[pixel]];
      to[pixel + 1] = BRIGHTNESS[from[pixel + 1]];
      to[pixel + 2] = BRIGHTNESS[from[pixel + 2]];
      to[pixel + 3] = BRIGHTNESS[from[pixel + 3]];
    }
    for (; pixel < size; pixel++) to[pixel] = BRIGHTNESS[from[pixel]];
  }
}

/** x / 255 for each byte, rounded to float32: looking it up is faster than dividing. */
const BRIGHTNESS = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

function isImageShape(shape: readonly number[]): boolean {
  return shape.length === 3 || (shape.length === 4 && shape[1] === 1);
}

function describe({ dtype, shape }: HostArray): string {
  return `${dtype} [${shape.join(', ')}]`;
}

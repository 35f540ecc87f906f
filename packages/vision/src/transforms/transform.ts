import { defaultGenerator, type Generator, type HostArray, hostArray } from '@flambeau/core';

/** Channels, height and width of an image. */
export type ImageSize = readonly [channels: number, height: number, width: number];

/**
 * The base of the transforms: they change images on the host, before a batch becomes a tensor. Each image of a batch is
 * treated by itself, as torchvision's data sets do with their `transform`, and draws its random numbers in torchvision's
 * order: from the same seed, the same pixels.
 *
 * @example
 * ```ts
 * const augment = new transforms.Compose([
 *   new transforms.RandomCrop(28, { padding: 2 }),
 *   new transforms.RandomHorizontalFlip(),
 * ]);
 * new data.DataLoader(train, {
 *   batchSize: 100,
 *   shuffle: true,
 *   transform: ([images, labels], generator) => [augment.forward(images, generator), labels],
 * });
 * ```
 */
export abstract class Transform {
  /** The size that images of a size come out with. Throws a RangeError for a size that can't be transformed. */
  outputSize(size: ImageSize): ImageSize {
    return size;
  }

  /**
   * One image, channel after channel, row after row.
   *
   * @param pixels - the transform's own to change: it gives them back, or others.
   */
  abstract transformImage(pixels: Float32Array, size: ImageSize, generator: Generator): Float32Array;

  /**
   * The images transformed, one by one; what is given stays as it is.
   *
   * Shape: `[N, C, H, W]` or `[C, H, W]`, float32 → the same, with the height and width of {@link outputSize}.
   *
   * @param generator - what random numbers are drawn from. Default: the default generator.
   * @throws TypeError, RangeError if they are no float32 images, or of a size that can't be transformed.
   */
  forward(images: HostArray, generator: Generator = defaultGenerator): HostArray<'float32'> {
    const { dtype, shape, data } = images;
    if (dtype !== 'float32') throw new TypeError(`${this}: expected float32 images, got ${dtype}`);
    if (shape.length !== 3 && shape.length !== 4) {
      throw new RangeError(`${this}: expected images of shape [N, C, H, W] or [C, H, W], got [${shape.join(', ')}]`);
    }
    const size = shape.slice(-3) as unknown as ImageSize;
    const outSize = this.outputSize(size);
    const [inLength, outLength] = [lengthOf(size), lengthOf(outSize)];
    const count = shape.length === 4 ? shape[0]! : 1;
    // Where the size stays, images are changed in their place in the copy.
    const copy = Float32Array.from(data as Float32Array);
    const out = inLength === outLength ? copy : new Float32Array(count * outLength);
    for (let i = 0; i < count; i++) {
      const pixels = copy.subarray(i * inLength, (i + 1) * inLength);
      const transformed = this.transformImage(pixels, size, generator);
      if (transformed !== pixels || out !== copy) out.set(transformed, i * outLength);
    }
    return hostArray('float32', [...shape.slice(0, -3), ...outSize], out);
  }

  /** As torchvision prints it. */
  abstract toString(): string;
}

function lengthOf([channels, height, width]: ImageSize): number {
  return channels * height * width;
}

/** Throws unless p is a probability. */
export function checkProbability(transform: string, p: number): void {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`${transform}: expected p between 0 and 1, got ${p}`);
}

const one = new Float32Array(1);

/** `torch.empty(1).uniform_(from, to).item()`. */
export function drawUniform(generator: Generator, from: number, to: number): number {
  return generator.uniform(one, from, to)[0]!;
}

/** `torch.rand(1) < p`. */
export function drawBelow(generator: Generator, p: number): boolean {
  return drawUniform(generator, 0, 1) < Math.fround(p);
}

/** `torch.randint(0, high, (1,)).item()`, for the sizes that images have. */
export function drawIndex(generator: Generator, high: number): number {
  return generator.random32() % high;
}

import { type ImageSize, Transform } from './transform.ts';

/**
 * (x − mean)/std, channel by channel (`torchvision.transforms.Normalize`).
 *
 * Shape: any image with as many channels as there are means, or one mean for all → the same.
 *
 * @param mean - of each channel, or one for all.
 * @param std - standard deviation of each channel, or one for all.
 * @throws RangeError if a deviation is 0 in float32; when used, if the channels are not as many.
 *
 * @example
 * ```ts
 * new transforms.Normalize([0.286], [0.353]); // FashionMNIST's own
 * ```
 */
export class Normalize extends Transform {
  readonly mean: readonly number[];
  readonly std: readonly number[];

  constructor(mean: readonly number[], std: readonly number[]) {
    super();
    if (mean.length === 0 || std.length === 0)
      throw new RangeError('Normalize: expected at least one mean and one std');
    if (std.some((value) => Math.fround(value) === 0)) {
      throw new RangeError(`Normalize: expected std other than 0, got [${std.join(', ')}]`);
    }
    this.mean = mean;
    this.std = std;
  }

  override outputSize(size: ImageSize): ImageSize {
    for (const [name, { length }] of Object.entries({ mean: this.mean, std: this.std })) {
      if (length !== 1 && length !== size[0]) {
        throw new RangeError(
          `${this}: expected images of ${length} channels, as there are values of ${name}, got ${size[0]}`,
        );
      }
    }
    return size;
  }

  transformImage(pixels: Float32Array, [channels, height, width]: ImageSize): Float32Array {
    const area = height * width;
    for (let channel = 0; channel < channels; channel++) {
      const mean = Math.fround(this.mean[this.mean.length === 1 ? 0 : channel]!);
      const std = Math.fround(this.std[this.std.length === 1 ? 0 : channel]!);
      const end = (channel + 1) * area;
      // PyTorch rounds after each of the two operations.
      for (let i = channel * area; i < end; i++) pixels[i] = Math.fround(pixels[i]! - mean) / std;
    }
    return pixels;
  }

  toString(): string {
    return `Normalize(mean=[${this.mean.join(', ')}], std=[${this.std.join(', ')}])`;
  }
}

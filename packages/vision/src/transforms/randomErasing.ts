import type { Generator } from '@flambeau/core';
import { checkProbability, drawBelow, drawIndex, drawUniform, type ImageSize, Transform } from './transform.ts';

export interface RandomErasingOptions {
  /** How often an image is erased from at all. Default 0.5. */
  readonly p?: number;
  /** The least and the largest share of the image's area. Default [0.02, 0.33]. */
  readonly scale?: readonly [number, number];
  /** The least and the largest height/width. Default [0.3, 3.3]. */
  readonly ratio?: readonly [number, number];
  /** What stands there instead: one value, one for each channel, or normal noise. Default 0. */
  readonly value?: number | readonly number[] | 'random';
}

/** torchvision tries so often to find a rectangle that fits, then leaves the image as it is. */
const TRIES = 10;

/**
 * Erases a rectangle at a random place with probability p (`torchvision.transforms.RandomErasing`): a network that has to
 * do without a part of the image looks at all of it.
 *
 * Shape: any image → the same.
 *
 * @throws RangeError if p, scale or ratio are not what they may be; when used, if there are values for another number of
 *   channels.
 *
 * @example
 * ```ts
 * const erase = new transforms.RandomErasing({ p: 0.3, scale: [0.02, 0.2] });
 * ```
 *
 * Source: Zhong et al., arXiv 1708.04896.
 */
export class RandomErasing extends Transform {
  readonly p: number;
  readonly scale: readonly [number, number];
  readonly ratio: readonly [number, number];
  readonly value: number | readonly number[] | 'random';
  private readonly logRatio: readonly [number, number];

  constructor({ p = 0.5, scale = [0.02, 0.33], ratio = [0.3, 3.3], value = 0 }: RandomErasingOptions = {}) {
    super();
    checkProbability('RandomErasing', p);
    if (!(scale[0] >= 0 && scale[0] <= scale[1] && scale[1] <= 1)) {
      throw new RangeError(`RandomErasing: expected scale of two rising shares of 0 to 1, got [${scale.join(', ')}]`);
    }
    if (!(ratio[0] > 0 && ratio[0] <= ratio[1])) {
      throw new RangeError(`RandomErasing: expected ratio of two rising numbers above 0, got [${ratio.join(', ')}]`);
    }
    this.p = p;
    this.scale = scale;
    this.ratio = ratio;
    this.value = value;
    this.logRatio = [Math.log(Math.fround(ratio[0])), Math.log(Math.fround(ratio[1]))];
  }

  override outputSize(size: ImageSize): ImageSize {
    if (typeof this.value === 'object' && this.value.length !== 1 && this.value.length !== size[0]) {
      throw new RangeError(
        `${this}: expected images of ${this.value.length} channels, as there are values, got ${size[0]}`,
      );
    }
    return size;
  }

  transformImage(pixels: Float32Array, size: ImageSize, generator: Generator): Float32Array {
    if (!drawBelow(generator, this.p)) return pixels;
    const [, height, width] = size;
    const area = height * width;
    for (let tries = 0; tries < TRIES; tries++) {
      const erasedArea = area * drawUniform(generator, ...this.scale);
      const aspectRatio = Math.fround(Math.exp(drawUniform(generator, ...this.logRatio)));
      const rows = roundHalfToEven(Math.sqrt(erasedArea * aspectRatio));
      const columns = roundHalfToEven(Math.sqrt(erasedArea / aspectRatio));
      if (rows >= height || columns >= width) continue;
      this.erase(pixels, size, rows, columns, generator);
      break;
    }
    return pixels;
  }

  private erase(pixels: Float32Array, size: ImageSize, rows: number, columns: number, generator: Generator): void {
    const [channels, height, width] = size;
    const { value } = this;
    // torchvision draws the noise before the place.
    const noise = value === 'random' ? generator.normal(new Float32Array(channels * rows * columns)) : undefined;
    const top = drawIndex(generator, height - rows + 1);
    const left = drawIndex(generator, width - columns + 1);
    for (let channel = 0; channel < channels; channel++) {
      const plain = typeof value === 'object' ? value[value.length === 1 ? 0 : channel]! : Number(value);
      for (let y = 0; y < rows; y++) {
        const to = (channel * height + top + y) * width + left;
        if (noise === undefined) pixels.fill(plain, to, to + columns);
        else {
          const from = (channel * rows + y) * columns;
          pixels.set(noise.subarray(from, from + columns), to);
        }
      }
    }
  }

  toString(): string {
    const value = typeof this.value === 'object' ? `[${this.value.join(', ')}]` : this.value;
    return `RandomErasing(p=${this.p}, scale=[${this.scale.join(', ')}], ratio=[${this.ratio.join(', ')}], value=${value})`;
  }
}

/** Python's `round`: a half goes to the even neighbour. */
function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

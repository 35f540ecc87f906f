import type { Generator } from '@flambeau/core';
import { checkProbability, drawBelow, type ImageSize, Transform } from './transform.ts';

/**
 * Mirrors an image, left to right, with probability p (`torchvision.transforms.RandomHorizontalFlip`).
 *
 * Shape: any image → the same.
 *
 * @param p - Default 0.5.
 */
export class RandomHorizontalFlip extends Transform {
  readonly p: number;

  constructor(p = 0.5) {
    super();
    checkProbability('RandomHorizontalFlip', p);
    this.p = p;
  }

  transformImage(pixels: Float32Array, [, , width]: ImageSize, generator: Generator): Float32Array {
    if (!drawBelow(generator, this.p)) return pixels;
    for (let row = 0; row < pixels.length; row += width) {
      for (let left = row, right = row + width - 1; left < right; left++, right--) {
        const saved = pixels[left]!;
        pixels[left] = pixels[right]!;
        pixels[right] = saved;
      }
    }
    return pixels;
  }

  toString(): string {
    return `RandomHorizontalFlip(p=${this.p})`;
  }
}

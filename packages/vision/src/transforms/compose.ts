import type { Generator } from '@flambeau/core';
import { type ImageSize, Transform } from './transform.ts';

/**
 * Transforms one after the other (`torchvision.transforms.Compose`): each image goes through all of them before the next
 * image begins.
 *
 * Shape: that of the last.
 *
 * @example
 * ```ts
 * const augment = new transforms.Compose([
 *   new transforms.RandomHorizontalFlip(),
 *   new transforms.Normalize([0.286], [0.353]),
 * ]);
 * ```
 */
export class Compose extends Transform {
  readonly transforms: readonly Transform[];

  constructor(transforms: readonly Transform[]) {
    super();
    this.transforms = transforms;
  }

  override outputSize(size: ImageSize): ImageSize {
    return this.transforms.reduce((current, transform) => transform.outputSize(current), size);
  }

  transformImage(pixels: Float32Array, size: ImageSize, generator: Generator): Float32Array {
    let [image, current] = [pixels, size];
    for (const transform of this.transforms) {
      image = transform.transformImage(image, current, generator);
      current = transform.outputSize(current);
    }
    return image;
  }

  toString(): string {
    return `Compose(${this.transforms.join(', ')})`;
  }
}

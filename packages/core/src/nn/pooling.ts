import type { Tensor } from '@tensorflow/tfjs-core';
import type { Pair } from '../functional/conv.ts';
import * as F from '../functional/pooling.ts';
import { Module } from './module.ts';

/**
 * The maximum of each window of each channel; {@link F.maxPool2d} has the details.
 *
 * Shape: `[N, C, H, W]` or `[C, H, W]` → `[N, C, Ho, Wo]`, Ho = ⌊(H + 2·padding − dilation·(kernelSize − 1) − 1)/stride⌋ + 1.
 *
 * @example
 * ```ts
 * new nn.MaxPool2d(2).forward(maps).shape; // [100, 6, 24, 24] → [100, 6, 12, 12]
 * ```
 */
export class MaxPool2d extends Module {
  readonly kernelSize: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
  readonly ceilMode: boolean;

  constructor(kernelSize: Pair, options: Omit<F.MaxPool2dOptions, 'label'> = {}) {
    super();
    this.kernelSize = kernelSize;
    this.stride = options.stride ?? kernelSize;
    this.padding = options.padding ?? 0;
    this.dilation = options.dilation ?? 1;
    this.ceilMode = options.ceilMode ?? false;
  }

  forward(input: Tensor): Tensor {
    return F.maxPool2d(input, this.kernelSize, this);
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding, dilation, ceilMode } = this;
    const parts = Object.entries({ kernelSize, stride, padding, dilation, ceilMode });
    return parts
      .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
      .join(', ');
  }
}

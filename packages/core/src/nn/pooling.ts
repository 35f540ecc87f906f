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
    return describe({ kernelSize, stride, padding, dilation, ceilMode });
  }
}

/**
 * The maximum of each window of each channel of a signal; {@link F.maxPool1d} has the details.
 *
 * Shape: `[N, C, L]` or `[C, L]` → `[N, C, Lo]`, Lo = ⌊(L + 2·padding − dilation·(kernelSize − 1) − 1)/stride⌋ + 1.
 */
export class MaxPool1d extends Module {
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  readonly ceilMode: boolean;

  constructor(kernelSize: number, options: Omit<F.MaxPool1dOptions, 'label'> = {}) {
    super();
    this.kernelSize = kernelSize;
    this.stride = options.stride ?? kernelSize;
    this.padding = options.padding ?? 0;
    this.dilation = options.dilation ?? 1;
    this.ceilMode = options.ceilMode ?? false;
  }

  forward(input: Tensor): Tensor {
    return F.maxPool1d(input, this.kernelSize, this);
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding, dilation, ceilMode } = this;
    return describe({ kernelSize, stride, padding, dilation, ceilMode });
  }
}

/**
 * The mean of each window of each channel; {@link F.avgPool2d} has the details.
 *
 * Shape: `[N, C, H, W]` or `[C, H, W]` → `[N, C, Ho, Wo]`, Ho = ⌊(H + 2·padding − kernelSize)/stride⌋ + 1.
 *
 * @example
 * ```ts
 * new nn.AvgPool2d(2).forward(maps).shape; // [100, 6, 24, 24] → [100, 6, 12, 12]
 * ```
 */
export class AvgPool2d extends Module {
  readonly kernelSize: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | null;

  constructor(kernelSize: Pair, options: Omit<F.AvgPool2dOptions, 'label'> = {}) {
    super();
    this.kernelSize = kernelSize;
    this.stride = options.stride ?? kernelSize;
    this.padding = options.padding ?? 0;
    this.ceilMode = options.ceilMode ?? false;
    this.countIncludePad = options.countIncludePad ?? true;
    this.divisorOverride = options.divisorOverride ?? null;
  }

  forward(input: Tensor): Tensor {
    return F.avgPool2d(input, this.kernelSize, this);
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding } = this;
    return describe({ kernelSize, stride, padding });
  }
}

/**
 * The mean of each window of each channel of a signal; {@link F.avgPool1d} has the details.
 *
 * Shape: `[N, C, L]` or `[C, L]` → `[N, C, Lo]`, Lo = ⌊(L + 2·padding − kernelSize)/stride⌋ + 1.
 */
export class AvgPool1d extends Module {
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number;
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;

  constructor(kernelSize: number, options: Omit<F.AvgPool1dOptions, 'label'> = {}) {
    super();
    this.kernelSize = kernelSize;
    this.stride = options.stride ?? kernelSize;
    this.padding = options.padding ?? 0;
    this.ceilMode = options.ceilMode ?? false;
    this.countIncludePad = options.countIncludePad ?? true;
  }

  forward(input: Tensor): Tensor {
    return F.avgPool1d(input, this.kernelSize, this);
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding } = this;
    return describe({ kernelSize, stride, padding });
  }
}

/**
 * Means over windows that cover the image evenly, as many as `outputSize` says; {@link F.adaptiveAvgPool2d} has the
 * details. Shape: `[N, C, H, W]` or `[C, H, W]` → `[N, C, Ho, Wo]`.
 */
export class AdaptiveAvgPool2d extends Module {
  readonly outputSize: F.AdaptiveSize;

  constructor(outputSize: F.AdaptiveSize) {
    super();
    this.outputSize = outputSize;
  }

  forward(input: Tensor): Tensor {
    return F.adaptiveAvgPool2d(input, this.outputSize, this);
  }

  override extraRepr(): string {
    return describe({ outputSize: this.outputSize });
  }
}

/** As {@link AdaptiveAvgPool2d}, with each window's maximum. */
export class AdaptiveMaxPool2d extends Module {
  readonly outputSize: F.AdaptiveSize;

  constructor(outputSize: F.AdaptiveSize) {
    super();
    this.outputSize = outputSize;
  }

  forward(input: Tensor): Tensor {
    return F.adaptiveMaxPool2d(input, this.outputSize, this);
  }

  override extraRepr(): string {
    return describe({ outputSize: this.outputSize });
  }
}

const describe = (options: Record<string, unknown>): string =>
  Object.entries(options)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ');

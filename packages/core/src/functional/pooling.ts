import { reshape, type Tensor } from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import * as adaptive from '../ops/adaptivePool2d.ts';
import * as average from '../ops/avgPool2d.ts';
import { outputSize } from '../ops/geometry.ts';
import * as ops from '../ops/maxPool2d.ts';
import { expectRank, formatShape, type Labelled, pair, ShapeError } from '../tensor/shape.ts';
import { type Pair, withoutRow, withRow } from './conv.ts';

/** Options of {@link maxPool2d}, PyTorch's names and defaults. */
export interface MaxPool2dOptions extends Labelled {
  /** Default: the kernel size. */
  readonly stride?: Pair | null;
  /** −∞ on each side, at most half the kernel. Default 0. */
  readonly padding?: Pair;
  /** Distance between the window's elements. Default 1. */
  readonly dilation?: Pair;
  /** Lets the last window hang over the edge. Default false. */
  readonly ceilMode?: boolean;
}

/**
 * The maximum of each window.
 *
 * Shape: input `[N, C, H, W]` or `[C, H, W]` → `[N, C, Ho, Wo]` with
 * Ho = ⌊(H + 2·padding − dilation·(kernelSize − 1) − 1)/stride⌋ + 1.
 *
 * @throws {ShapeError} if no window fits.
 *
 * @example
 * ```ts
 * F.maxPool2d(maps, 2).shape; // [100, 6, 24, 24] → [100, 6, 12, 12]
 * ```
 */
export function maxPool2d(input: Tensor, kernelSize: Pair, options: MaxPool2dOptions = {}): Tensor {
  return pool(input, kernelSize, options, 1)[0];
}

/** As {@link maxPool2d}, with each maximum's flat index in its H×W plane (int32): `return_indices=True`. */
export function maxPool2dWithIndices(
  input: Tensor,
  kernelSize: Pair,
  options: MaxPool2dOptions = {},
): { output: Tensor; indices: Tensor } {
  const [output, indices] = pool(input, kernelSize, options, 2);
  return { output, indices };
}

function pool(input: Tensor, kernelSize: Pair, options: MaxPool2dOptions, outputs: 1 | 2): Tensor[] {
  const label = options.label ?? 'maxPool2d';
  expectRank(label, input, [3, 4], '[N, C, H, W] or [C, H, W]');
  const kernel = pair(label, 'kernelSize', kernelSize, 1);
  const stride = pair(label, 'stride', options.stride ?? kernel, 1);
  const dilation = pair(label, 'dilation', options.dilation ?? 1, 1);
  const windows = windowsOf(label, input, {
    kernel,
    stride,
    dilation,
    padding: options.padding,
    ceilMode: options.ceilMode,
  });
  return overImages(label, input, (images) => ops.maxPool2d({ input: images }, { ...windows, dilation }, outputs));
}

/** Where the windows of a pooling layer lie. */
function windowsOf(
  label: string,
  input: Tensor,
  options: {
    readonly kernel: [number, number];
    readonly stride: [number, number];
    readonly dilation: [number, number];
    readonly padding?: Pair;
    readonly ceilMode?: boolean;
  },
) {
  const { kernel, stride, dilation, ceilMode } = options;
  const [vertical, horizontal] = pair(label, 'padding', options.padding ?? 0, 0);
  if (vertical > kernel[0] / 2 || horizontal > kernel[1] / 2) {
    throw new RangeError(
      `${label}: expected padding of at most half the kernel, got ${formatShape([vertical, horizontal])} for ${kernel.join('×')}`,
    );
  }
  const inputShape = input.rank === 4 ? input.shape : [1, ...input.shape];
  const positions = (axis: 0 | 1, padding: number) =>
    outputSize(inputShape[2 + axis], kernel[axis], {
      stride: stride[axis],
      padding: [padding, padding],
      dilation: dilation[axis],
      ceilMode,
    });
  const size: [number, number] = [positions(0, vertical), positions(1, horizontal)];
  if (size[0] < 1 || size[1] < 1) {
    throw new ShapeError(
      `${label}: window ${kernel.join('×')} is larger than the padded input ${formatShape(input.shape)}`,
    );
  }
  const padding = [vertical, vertical, horizontal, horizontal] as const;
  return { kernelSize: kernel, stride, padding, outputSize: size, inputShape };
}

/** Runs an op on images `[N, C, H, W]`, also where there is one without the N. */
function overImages(label: string, input: Tensor, op: (images: Tensor) => Tensor[]): Tensor[] {
  return commonBackend(label, [input]).run(() => {
    if (input.rank === 4) return op(input);
    return op(reshape(input, [1, ...input.shape])).map((result) => reshape(result, result.shape.slice(1)));
  });
}

/** Options of {@link maxPool1d}, PyTorch's names and defaults. */
export interface MaxPool1dOptions extends Labelled {
  /** Default: the kernel size. */
  readonly stride?: number | null;
  /** −∞ on each side, at most half the kernel. Default 0. */
  readonly padding?: number;
  /** Distance between the window's elements. Default 1. */
  readonly dilation?: number;
  /** Lets the last window hang over the edge. Default false. */
  readonly ceilMode?: boolean;
}

/**
 * The maximum of each window of a signal; {@link maxPool2d} over images of one row.
 *
 * Shape: input `[N, C, L]` or `[C, L]` → `[N, C, Lo]` with
 * Lo = ⌊(L + 2·padding − dilation·(kernelSize − 1) − 1)/stride⌋ + 1.
 */
export function maxPool1d(input: Tensor, kernelSize: number, options: MaxPool1dOptions = {}): Tensor {
  const { label = 'maxPool1d', stride, padding = 0, dilation = 1, ceilMode } = options;
  expectRank(label, input, [2, 3], '[N, C, L] or [C, L]');
  return commonBackend(label, [input]).run(() =>
    withoutRow(
      maxPool2d(withRow(input), [1, kernelSize], {
        label,
        stride: [1, stride ?? kernelSize],
        padding: [0, padding],
        dilation: [1, dilation],
        ceilMode,
      }),
    ),
  );
}

/** Options of {@link avgPool2d}, PyTorch's names and defaults. */
export interface AvgPool2dOptions extends Labelled {
  /** Default: the kernel size. */
  readonly stride?: Pair | null;
  /** Zeros on each side, at most half the kernel. Default 0. */
  readonly padding?: Pair;
  /** Lets the last window hang over the edge. Default false. */
  readonly ceilMode?: boolean;
  /** Whether the padding's zeros count in the mean. Default true. */
  readonly countIncludePad?: boolean;
  /** What each sum is divided by instead of the window's size. */
  readonly divisorOverride?: number | null;
}

/**
 * The mean of each window.
 *
 * Shape: input `[N, C, H, W]` or `[C, H, W]` → `[N, C, Ho, Wo]` with Ho = ⌊(H + 2·padding − kernelSize)/stride⌋ + 1.
 *
 * @throws {ShapeError} if no window fits.
 *
 * @example
 * ```ts
 * F.avgPool2d(maps, 2).shape; // [100, 6, 24, 24] → [100, 6, 12, 12]
 * ```
 */
export function avgPool2d(input: Tensor, kernelSize: Pair, options: AvgPool2dOptions = {}): Tensor {
  const { label = 'avgPool2d', countIncludePad = true, divisorOverride } = options;
  expectRank(label, input, [3, 4], '[N, C, H, W] or [C, H, W]');
  if (divisorOverride === 0) throw new RangeError(`${label}: expected divisorOverride other than 0, got 0`);
  const kernel = pair(label, 'kernelSize', kernelSize, 1);
  const stride = pair(label, 'stride', options.stride ?? kernel, 1);
  const windows = windowsOf(label, input, {
    kernel,
    stride,
    dilation: [1, 1],
    padding: options.padding,
    ceilMode: options.ceilMode,
  });
  const attributes = { ...windows, countIncludePad, divisorOverride: divisorOverride ?? 0 };
  return overImages(label, input, (images) => average.avgPool2d({ input: images }, attributes))[0];
}

/** Options of {@link avgPool1d}, PyTorch's names and defaults. */
export interface AvgPool1dOptions extends Labelled {
  /** Default: the kernel size. */
  readonly stride?: number | null;
  /** Zeros on each side, at most half the kernel. Default 0. */
  readonly padding?: number;
  /** Lets the last window hang over the edge. Default false. */
  readonly ceilMode?: boolean;
  /** Whether the padding's zeros count in the mean. Default true. */
  readonly countIncludePad?: boolean;
}

/**
 * The mean of each window of a signal; {@link avgPool2d} over images of one row.
 *
 * Shape: input `[N, C, L]` or `[C, L]` → `[N, C, Lo]` with Lo = ⌊(L + 2·padding − kernelSize)/stride⌋ + 1.
 */
export function avgPool1d(input: Tensor, kernelSize: number, options: AvgPool1dOptions = {}): Tensor {
  const { label = 'avgPool1d', stride, padding = 0, ceilMode, countIncludePad } = options;
  expectRank(label, input, [2, 3], '[N, C, L] or [C, L]');
  return commonBackend(label, [input]).run(() =>
    withoutRow(
      avgPool2d(withRow(input), [1, kernelSize], {
        label,
        stride: [1, stride ?? kernelSize],
        padding: [0, padding],
        ceilMode,
        countIncludePad,
      }),
    ),
  );
}

/** The size that adaptive pooling makes: one for both axes, or `[height, width]`, null to keep an axis as it is. */
export type AdaptiveSize = number | null | readonly [height: number | null, width: number | null];

/**
 * The mean of each of as many windows as the output has elements, which cover the image evenly: window i of N over a side
 * of n reaches from ⌊i·n/N⌋ to ⌈(i + 1)·n/N⌉.
 *
 * Shape: input `[N, C, H, W]` or `[C, H, W]` → `[N, C, Ho, Wo]`.
 *
 * @example
 * ```ts
 * F.adaptiveAvgPool2d(maps, 1).shape; // [8, 512, 7, 9] → [8, 512, 1, 1]
 * ```
 */
export function adaptiveAvgPool2d(input: Tensor, outputSize: AdaptiveSize, options: Labelled = {}): Tensor {
  const label = options.label ?? 'adaptiveAvgPool2d';
  const attributes = adaptiveWindows(label, input, outputSize);
  return overImages(label, input, (images) => adaptive.adaptiveAvgPool2d({ input: images }, attributes))[0];
}

/** The maximum of each of the windows of {@link adaptiveAvgPool2d}. */
export function adaptiveMaxPool2d(input: Tensor, outputSize: AdaptiveSize, options: Labelled = {}): Tensor {
  const label = options.label ?? 'adaptiveMaxPool2d';
  const attributes = adaptiveWindows(label, input, outputSize);
  return overImages(label, input, (images) => adaptive.adaptiveMaxPool2d({ input: images }, attributes))[0];
}

function adaptiveWindows(label: string, input: Tensor, size: AdaptiveSize): adaptive.AdaptivePool2dAttributes {
  expectRank(label, input, [3, 4], '[N, C, H, W] or [C, H, W]');
  const inputShape = input.rank === 4 ? input.shape : [1, ...input.shape];
  const [height, width] = typeof size === 'number' || size === null ? [size, size] : size;
  const outputSize = pair(label, 'outputSize', [height ?? inputShape[2], width ?? inputShape[3]], 1);
  return { outputSize, inputShape };
}

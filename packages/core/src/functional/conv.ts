import { reshape, type Tensor } from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import * as ops from '../ops/conv2d.ts';
import * as transposeOps from '../ops/convTranspose2d.ts';
import type { Padding2d, Size2d } from '../ops/geometry.ts';
import { expectRank, expectShape, formatShape, type Labelled, pair, ShapeError } from '../tensor/shape.ts';

/** One size for both axes, or `[height, width]`. */
export type Pair = number | readonly [height: number, width: number];

/** Options of {@link conv2d}, PyTorch's names and defaults. */
export interface Conv2dOptions extends Labelled {
  /** How far the kernel moves between two outputs. Default 1. */
  readonly stride?: Pair;
  /**
   * Zeros on each side. Default 0. `'valid'` is none; `'same'` keeps the size (stride 1 only; where the zeros are odd in
   * number, one more goes to the bottom and right).
   */
  readonly padding?: Pair | 'same' | 'valid';
  /** Distance between the kernel's elements. Default 1. */
  readonly dilation?: Pair;
  /** Splits channels into groups that do not see each other. Default 1. */
  readonly groups?: number;
}

/**
 * 2-D convolution as deep learning has it (cross-correlation: the kernel is not flipped):
 * out(n, o) = bias(o) + Σ_c weight(o, c) ⋆ input(n, c).
 *
 * Shape: input `[N, C, H, W]` or `[C, H, W]`, weight `[O, C/groups, kh, kw]`, bias `[O]` or null → `[N, O, Ho, Wo]` with
 * Ho = ⌊(H + 2·padding − dilation·(kh − 1) − 1)/stride⌋ + 1.
 *
 * @throws {ShapeError} if channels, groups or sizes disagree, or the kernel does not fit into the padded input.
 *
 * @example
 * ```ts
 * F.conv2d(images, weight, bias, { padding: 2 }).shape; // [100, 1, 28, 28] → [100, 6, 28, 28] with a 5×5 kernel
 * ```
 */
export function conv2d(input: Tensor, weight: Tensor, bias?: Tensor | null, options: Conv2dOptions = {}): Tensor {
  const label = options.label ?? 'conv2d';
  const groups = options.groups ?? 1;
  expectRank(label, input, [3, 4], '[N, C, H, W] or [C, H, W]');
  expectRank(label, weight, [4], '[O, C/groups, kh, kw] for the weight');
  const [outChannels, perGroup, ...kernelSize] = weight.shape;
  const channels = input.shape[input.rank - 3];
  if (channels !== perGroup * groups) {
    throw new ShapeError(
      `${label}: expected ${perGroup * groups} input channels, got ${channels} (input ${formatShape(input.shape)})`,
    );
  }
  if (outChannels % groups !== 0) {
    throw new ShapeError(`${label}: expected output channels divisible by ${groups} groups, got ${outChannels}`);
  }
  if (bias) expectShape(label, 'bias', bias, [outChannels]);

  const stride = pair(label, 'stride', options.stride ?? 1, 1);
  const dilation = pair(label, 'dilation', options.dilation ?? 1, 1);
  const padding = resolvePadding(label, options.padding ?? 0, kernelSize as [number, number], stride, dilation);
  const batch = input.rank === 4 ? input.shape : [1, ...input.shape];
  const outputShape = ops.conv2dOutputShape(batch, weight.shape, { stride, padding, dilation });
  if (outputShape[2] < 1 || outputShape[3] < 1) {
    throw new ShapeError(
      `${label}: kernel ${kernelSize.join('×')} with dilation ${dilation.join('×')} is larger than the padded input ` +
        `(input ${formatShape(input.shape)}, padding ${formatShape(padding)})`,
    );
  }
  return commonBackend(label, [input, weight, bias]).run(() => {
    const images = input.rank === 4 ? input : reshape(input, batch);
    const inputs = { input: images, weight, bias: bias ?? undefined };
    const [output] = ops.conv2d(inputs, { stride, padding, dilation, groups });
    return input.rank === 4 ? output : reshape(output, outputShape.slice(1));
  });
}

/** Turns PyTorch's padding argument into zeros at the top, bottom, left and right. */
export function resolvePadding(
  label: string,
  padding: Pair | 'same' | 'valid',
  kernelSize: Size2d,
  stride: Size2d,
  dilation: Size2d,
): Padding2d {
  if (padding === 'valid') return [0, 0, 0, 0];
  if (padding !== 'same') {
    const [vertical, horizontal] = pair(label, 'padding', padding, 0);
    return [vertical, vertical, horizontal, horizontal];
  }
  if (stride[0] !== 1 || stride[1] !== 1) {
    throw new RangeError(`${label}: padding 'same' needs stride 1, got ${formatShape(stride)}`);
  }
  const [vertical, horizontal] = [dilation[0] * (kernelSize[0] - 1), dilation[1] * (kernelSize[1] - 1)];
  const [top, left] = [Math.floor(vertical / 2), Math.floor(horizontal / 2)];
  return [top, vertical - top, left, horizontal - left];
}

/** Options of {@link conv1d}, PyTorch's names and defaults. */
export interface Conv1dOptions extends Labelled {
  /** How far the kernel moves between two outputs. Default 1. */
  readonly stride?: number;
  /** Zeros on each side, or `'valid'`, or `'same'` (stride 1 only). Default 0. */
  readonly padding?: number | 'same' | 'valid';
  /** Distance between the kernel's elements. Default 1. */
  readonly dilation?: number;
  /** Splits channels into groups that do not see each other. Default 1. */
  readonly groups?: number;
}

/**
 * 1-D convolution as deep learning has it: {@link conv2d} over images of one row.
 *
 * Shape: input `[N, C, L]` or `[C, L]`, weight `[O, C/groups, k]`, bias `[O]` or null → `[N, O, Lo]` with
 * Lo = ⌊(L + 2·padding − dilation·(k − 1) − 1)/stride⌋ + 1.
 *
 * @throws {ShapeError} if channels, groups or sizes disagree, or the kernel does not fit into the padded input.
 *
 * @example
 * ```ts
 * F.conv1d(signals, weight, bias, { padding: 1 }).shape; // [8, 2, 100] → [8, 4, 100] with weight [4, 2, 3]
 * ```
 */
export function conv1d(input: Tensor, weight: Tensor, bias?: Tensor | null, options: Conv1dOptions = {}): Tensor {
  const { label = 'conv1d', stride = 1, padding = 0, dilation = 1, groups } = options;
  expectRank(label, input, [2, 3], '[N, C, L] or [C, L]');
  expectRank(label, weight, [3], '[O, C/groups, k] for the weight');
  return commonBackend(label, [input, weight, bias]).run(() => {
    const output = conv2d(withRow(input), withRow(weight), bias, {
      label,
      stride: [1, stride],
      padding: typeof padding === 'number' ? [0, padding] : padding,
      dilation: [1, dilation],
      groups,
    });
    return withoutRow(output);
  });
}

/** Gives `[…, L]` a row to be images by: `[…, 1, L]`. */
export const withRow = (input: Tensor): Tensor =>
  reshape(input, [...input.shape.slice(0, -1), 1, ...input.shape.slice(-1)]);

/** Takes it away again. */
export const withoutRow = (images: Tensor): Tensor =>
  reshape(images, [...images.shape.slice(0, -2), ...images.shape.slice(-1)]);

/** Options of {@link convTranspose2d}, PyTorch's names and defaults. */
export interface ConvTranspose2dOptions extends Labelled {
  /** How far apart the kernel is laid down for two inputs. Default 1. */
  readonly stride?: Pair;
  /** Rows and columns cut off on each side. Default 0. */
  readonly padding?: Pair;
  /** Rows and columns added at the end, less than the stride or the dilation. Default 0. */
  readonly outputPadding?: Pair;
  /** Splits channels into groups that do not see each other. Default 1. */
  readonly groups?: number;
  /** Distance between the kernel's elements. Default 1. */
  readonly dilation?: Pair;
}

/**
 * Transposed 2-D convolution, which undoes a convolution's change of size: every input lays down the kernel, times
 * itself, on the output; where they overlap, they add up.
 *
 * Shape: input `[N, C, H, W]` or `[C, H, W]`, weight `[C, O/groups, kh, kw]`, bias `[O]` or null → `[N, O, Ho, Wo]` with
 * Ho = (H − 1)·stride − 2·padding + dilation·(kh − 1) + outputPadding + 1.
 *
 * @throws {ShapeError} if channels, groups or sizes disagree.
 *
 * @example
 * ```ts
 * F.convTranspose2d(maps, weight, bias, { stride: 2 }).shape; // [1, 8, 14, 14] → [1, 4, 28, 28], weight [8, 4, 2, 2]
 * ```
 */
export function convTranspose2d(
  input: Tensor,
  weight: Tensor,
  bias?: Tensor | null,
  options: ConvTranspose2dOptions = {},
): Tensor {
  const label = options.label ?? 'convTranspose2d';
  const groups = options.groups ?? 1;
  expectRank(label, input, [3, 4], '[N, C, H, W] or [C, H, W]');
  expectRank(label, weight, [4], '[C, O/groups, kh, kw] for the weight');
  const [inChannels, perGroup, ...kernelSize] = weight.shape as [number, number, number, number];
  const channels = input.shape[input.rank - 3];
  if (channels !== inChannels) {
    throw new ShapeError(
      `${label}: expected ${inChannels} input channels, got ${channels} (input ${formatShape(input.shape)})`,
    );
  }
  if (inChannels % groups !== 0) {
    throw new ShapeError(`${label}: expected input channels divisible by ${groups} groups, got ${inChannels}`);
  }
  if (bias) expectShape(label, 'bias', bias, [perGroup * groups]);
  const stride = pair(label, 'stride', options.stride ?? 1, 1);
  const dilation = pair(label, 'dilation', options.dilation ?? 1, 1);
  const padding = pair(label, 'padding', options.padding ?? 0, 0);
  const outputPadding = pair(label, 'outputPadding', options.outputPadding ?? 0, 0);
  if (outputPadding.some((size, axis) => size >= Math.max(stride[axis], dilation[axis]))) {
    throw new RangeError(
      `${label}: expected outputPadding below the stride or the dilation, got ${formatShape(outputPadding)}`,
    );
  }
  const batch = input.rank === 4 ? input.shape : [1, ...input.shape];
  const side = (axis: 0 | 1) =>
    (batch[2 + axis] - 1) * stride[axis] -
    2 * padding[axis] +
    dilation[axis] * (kernelSize[axis] - 1) +
    outputPadding[axis] +
    1;
  const size = [side(0), side(1)] as const;
  if (size[0] < 1 || size[1] < 1) {
    throw new ShapeError(
      `${label}: nothing is left of the output (input ${formatShape(input.shape)}, padding ${formatShape(padding)})`,
    );
  }
  const around = [padding[0], padding[0], padding[1], padding[1]] as const;
  return commonBackend(label, [input, weight, bias]).run(() => {
    const images = input.rank === 4 ? input : reshape(input, batch);
    const inputs = { input: images, weight, bias: bias ?? undefined };
    const attributes = { stride, padding: around, dilation, groups, outputSize: size };
    const [output] = transposeOps.convTranspose2d(inputs, attributes);
    return input.rank === 4 ? output : reshape(output, output.shape.slice(1));
  });
}

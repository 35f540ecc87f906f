import { reshape, type Tensor } from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import * as ops from '../ops/conv2d.ts';
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

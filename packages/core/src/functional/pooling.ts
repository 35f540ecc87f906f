import { reshape, type Tensor } from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import { outputSize } from '../ops/geometry.ts';
import * as ops from '../ops/maxPool2d.ts';
import { expectRank, formatShape, type Labelled, pair, ShapeError } from '../tensor/shape.ts';
import type { Pair } from './conv.ts';

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
      ceilMode: options.ceilMode,
    });
  const size: [number, number] = [positions(0, vertical), positions(1, horizontal)];
  if (size[0] < 1 || size[1] < 1) {
    throw new ShapeError(
      `${label}: window ${kernel.join('×')} is larger than the padded input ${formatShape(input.shape)}`,
    );
  }
  return commonBackend(label, [input]).run(() => {
    const images = input.rank === 4 ? input : reshape(input, inputShape);
    const attributes = {
      kernelSize: kernel,
      stride,
      padding: [vertical, vertical, horizontal, horizontal],
      dilation,
      outputSize: size,
      inputShape,
    } as const;
    const results = ops.maxPool2d({ input: images }, attributes, outputs);
    return input.rank === 4 ? results : results.map((result) => reshape(result, [inputShape[1], ...size]));
  });
}

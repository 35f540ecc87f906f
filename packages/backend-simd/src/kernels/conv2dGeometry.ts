import { util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { COST } from '../threads/cost.ts';
import type { Conv2dAttributes } from './contract.ts';

type Shape4d = readonly [number, number, number, number];

/** The fields of assembly/conv2dGeometry.ts, in its order. */
export interface Geometry {
  input: Shape4d;
  weight: Shape4d;
  outHeight: number;
  outWidth: number;
  attributes: Conv2dAttributes;
}

function outSize(size: number, kernelSize: number, stride: number, padding: number, dilation: number): number {
  return Math.floor((size + padding - dilation * (kernelSize - 1) - 1) / stride) + 1;
}

export function geometryOf(
  input: readonly number[],
  weight: readonly number[],
  attributes: Conv2dAttributes,
): Geometry {
  const { stride, padding, dilation } = attributes;
  const [, , height, width] = input as Shape4d;
  const [, , kernelHeight, kernelWidth] = weight as Shape4d;
  return {
    input: input as Shape4d,
    weight: weight as Shape4d,
    outHeight: outSize(height, kernelHeight, stride[0], padding[0] + padding[1], dilation[0]),
    outWidth: outSize(width, kernelWidth, stride[1], padding[2] + padding[3], dilation[1]),
    attributes,
  };
}

export function writeGeometry(backend: SimdBackend, geometry: Geometry): number {
  const { input, weight, outHeight, outWidth, attributes } = geometry;
  const { stride, padding, dilation, groups } = attributes;
  const pointer = backend.heap.argumentsPointer;
  // Field by field: an array for `set` costs as much as a small convolution.
  const { i32 } = backend.heap;
  let at = pointer / 4;
  for (let axis = 0; axis < 4; axis++) i32[at++] = input[axis]!;
  i32[at++] = weight[0];
  i32[at++] = outHeight;
  i32[at++] = outWidth;
  i32[at++] = weight[2];
  i32[at++] = weight[3];
  i32[at++] = stride[0];
  i32[at++] = stride[1];
  for (let side = 0; side < 4; side++) i32[at++] = padding[side]!;
  i32[at++] = dilation[0];
  i32[at++] = dilation[1];
  i32[at] = groups;
  return pointer;
}

/** The convolution of gradOutput that gives the input's gradient where the stride is 1: full borders, flipped kernels. */
export function gradientGeometry(forward: Geometry): Geometry {
  const { input, weight, outHeight, outWidth, attributes } = forward;
  const { padding, dilation } = attributes;
  const [batch, channels, height, width] = input;
  const [outChannels, , kernelHeight, kernelWidth] = weight;
  const reachHeight = (kernelHeight - 1) * dilation[0];
  const reachWidth = (kernelWidth - 1) * dilation[1];
  const top = reachHeight - padding[0];
  const left = reachWidth - padding[2];
  return {
    input: [batch, outChannels, outHeight, outWidth],
    weight: [channels, outChannels / attributes.groups, kernelHeight, kernelWidth],
    outHeight: height,
    outWidth: width,
    attributes: {
      ...attributes,
      padding: [top, height - outHeight - top + reachHeight, left, width - outWidth - left + reachWidth],
    },
  };
}

/** About what the convolution of all images takes, forward or either gradient, in nanoseconds. */
export function costOf({ input, weight, outHeight, outWidth }: Geometry): number {
  return input[0] * util.sizeFromShape([...weight]) * outHeight * outWidth * COST.product;
}

/** Whole cache lines. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

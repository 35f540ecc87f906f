import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { kernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { COST } from '../threads/cost.ts';
import { BINARY } from './binary.ts';
import {
  type Conv2dAttributes,
  type Conv2dBackwardBiasInputs,
  type Conv2dBackwardInputAttributes,
  type Conv2dBackwardInputInputs,
  type Conv2dBackwardWeightAttributes,
  type Conv2dBackwardWeightInputs,
  type Conv2dInputs,
  FLAMBEAU_KERNELS,
} from './contract.ts';
import { reduce } from './reduce.ts';

type Shape4d = readonly [number, number, number, number];

/** The fields of assembly/conv2dGeometry.ts, in its order. */
interface Geometry {
  input: Shape4d;
  weight: Shape4d;
  outHeight: number;
  outWidth: number;
  attributes: Conv2dAttributes;
}

function outSize(size: number, kernelSize: number, stride: number, padding: number, dilation: number): number {
  return Math.floor((size + padding - dilation * (kernelSize - 1) - 1) / stride) + 1;
}

function geometryOf(input: readonly number[], weight: readonly number[], attributes: Conv2dAttributes): Geometry {
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

function writeGeometry(backend: SimdBackend, geometry: Geometry): number {
  const { input, weight, outHeight, outWidth, attributes } = geometry;
  const { stride, padding, dilation, groups } = attributes;
  const pointer = backend.heap.argumentsPointer;
  backend.heap.i32.set(
    [...input, ...[weight[0], outHeight, outWidth, weight[2], weight[3]], ...stride, ...padding, ...dilation, groups],
    pointer / 4,
  );
  return pointer;
}

/** The convolution of gradOutput that gives the input's gradient where the stride is 1: full borders, flipped kernels. */
function gradientGeometry(forward: Geometry): Geometry {
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
function costOf({ input, weight, outHeight, outWidth }: Geometry): number {
  return input[0] * util.sizeFromShape([...weight]) * outHeight * outWidth * COST.product;
}

/** Whole cache lines. */
function aligned(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

/** input ⋆ weight + bias, NCHW. */
export function conv2d(backend: SimdBackend, inputs: Conv2dInputs, attrs: Conv2dAttributes): TensorInfo {
  const { input, weight, bias } = inputs;
  const { wasm, heap } = backend;
  const geometry = geometryOf(input.shape, weight.shape, attrs);
  const out = backend.output([input.shape[0]!, weight.shape[0]!, geometry.outHeight, geometry.outWidth], 'float32');
  const [from, weights, biases, to] = [
    backend.pointer(input),
    backend.pointer(weight),
    bias ? backend.pointer(bias) : 0,
    backend.pointer(out),
  ];
  const arguments_ = writeGeometry(backend, geometry);
  const split = backend.split(input.shape[0]!, costOf(geometry));
  const bytes = aligned(wasm.conv2dScratchBytes(arguments_));
  const scratch = heap.scratch(bytes * split.parts);
  backend.run('conv2d', split, [arguments_, from, weights, biases, to, false, 0, split.count, scratch], 6, [
    [8, bytes],
  ]);
  return out;
}

/** The gradient of the input, shaped `attrs.inputShape`. */
export function conv2dBackwardInput(
  backend: SimdBackend,
  { gradOutput, weight }: Conv2dBackwardInputInputs,
  attrs: Conv2dBackwardInputAttributes,
): TensorInfo {
  const { wasm, heap } = backend;
  const geometry = geometryOf(attrs.inputShape, weight.shape, attrs);
  const out = backend.output([...attrs.inputShape], 'float32');
  const [from, weights, to] = [backend.pointer(gradOutput), backend.pointer(weight), backend.pointer(out)];
  const split = backend.split(attrs.inputShape[0]!, costOf(geometry));
  if (attrs.stride[0] === 1 && attrs.stride[1] === 1) {
    const arguments_ = writeGeometry(backend, gradientGeometry(geometry));
    const bytes = aligned(wasm.conv2dScratchBytes(arguments_));
    const scratch = heap.scratch(bytes * split.parts);
    backend.run('conv2d', split, [arguments_, from, weights, 0, to, true, 0, split.count, scratch], 6, [[8, bytes]]);
  } else {
    const arguments_ = writeGeometry(backend, geometry);
    const bytes = aligned(wasm.conv2dBackwardInputScratchBytes(arguments_));
    const scratch = heap.scratch(bytes * split.parts);
    const args = [arguments_, from, weights, to, 0, split.count, scratch] as const;
    backend.run('conv2dBackwardInput', split, [...args], 4, [[6, bytes]]);
  }
  return out;
}

/** The gradient of the weight, shaped `attrs.weightShape`. */
export function conv2dBackwardWeight(
  backend: SimdBackend,
  { gradOutput, input }: Conv2dBackwardWeightInputs,
  attrs: Conv2dBackwardWeightAttributes,
): TensorInfo {
  const { wasm, heap } = backend;
  const geometry = geometryOf(input.shape, attrs.weightShape, attrs);
  const out = backend.output([...attrs.weightShape], 'float32');
  const [grad, from, to] = [backend.pointer(gradOutput), backend.pointer(input), backend.pointer(out)];
  const arguments_ = writeGeometry(backend, geometry);
  const split = backend.split(input.shape[0]!, costOf(geometry));
  const bytes = aligned(wasm.conv2dBackwardWeightScratchBytes(arguments_));
  if (split.parts === 1) {
    wasm.conv2dBackwardWeight(arguments_, grad, from, to, 0, split.count, heap.scratch(bytes));
    return out;
  }
  // Each part sums up its images in a place of its own; then the parts' sums are added, in their order.
  const size = util.sizeFromShape(out.shape);
  const sumBytes = aligned(size * 4);
  const sums = heap.scratch((sumBytes + bytes) * split.parts);
  const scratch = sums + sumBytes * split.parts;
  const args = [arguments_, grad, from, sums, 0, split.count, scratch] as const;
  backend.run('conv2dBackwardWeight', split, [...args], 4, [
    [3, sumBytes],
    [6, bytes],
  ]);
  for (let part = 1; part < split.parts; part++) {
    const left = part === 1 ? sums : to;
    wasm.binaryRow(BINARY.Add, true, true, left, sums + part * sumBytes, to, 0, size);
  }
  return out;
}

export const conv2dKernels = [
  kernel<Conv2dInputs, Conv2dAttributes>(FLAMBEAU_KERNELS.conv2d, ({ inputs, attrs, backend }) =>
    conv2d(backend, inputs, attrs),
  ),
  kernel<Conv2dBackwardInputInputs, Conv2dBackwardInputAttributes>(
    FLAMBEAU_KERNELS.conv2dBackwardInput,
    ({ inputs, attrs, backend }) => conv2dBackwardInput(backend, inputs, attrs),
  ),
  kernel<Conv2dBackwardWeightInputs, Conv2dBackwardWeightAttributes>(
    FLAMBEAU_KERNELS.conv2dBackwardWeight,
    ({ inputs, attrs, backend }) => conv2dBackwardWeight(backend, inputs, attrs),
  ),
  kernel<Conv2dBackwardBiasInputs>(FLAMBEAU_KERNELS.conv2dBackwardBias, ({ inputs: { gradOutput }, backend }) => {
    const axes = gradOutput.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
    return reduce(backend, 'Sum', gradOutput, axes, false);
  }),
];

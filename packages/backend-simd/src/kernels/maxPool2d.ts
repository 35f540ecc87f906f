import type { TensorInfo } from '@tensorflow/tfjs-core';
import { deferringKernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import type { Storage } from '../backend/storage.ts';
import {
  FLAMBEAU_KERNELS,
  type MaxPool2dAttributes,
  type MaxPool2dBackwardAttributes,
  type MaxPool2dBackwardInputs,
  type MaxPool2dInputs,
} from './contract.ts';
import { convolveAndPool } from './conv2dForward.ts';
import { DeferredConv2d, DeferredRelu, WinnersGradient } from './deferred.ts';
import type { DeferredEmbedding } from './deferredEmbedding.ts';
import { BELOW, filtersOf, largestWindows } from './filters.ts';
import { costOfPool, type PoolGeometry, writePoolGeometry } from './poolGeometry.ts';

/**
 * → [output, indices]. NaN wins, as in PyTorch, unless `ignoreNaN`, as in TensorFlow.js. Does the ReLU and the convolution
 * before it, too, if they are deferred, and the embedding before that.
 */
export function maxPool2d(
  backend: SimdBackend,
  { input }: MaxPool2dInputs,
  attrs: MaxPool2dAttributes,
  ignoreNaN = false,
): [TensorInfo, TensorInfo] {
  const [batch, channels, height, width] = input.shape as [number, number, number, number];
  const read = backend.storage(input);
  const relu = read.deferred instanceof DeferredRelu ? read.deferred : undefined;
  const source = relu?.input ?? read;
  const convolution = convolutionOf(source, batch * channels, height * width);
  const texts = !ignoreNaN && coversPlane(attrs, height, width) ? convolution?.texts : undefined;
  const pooling: PoolGeometry = { height, width, attributes: attrs, ignoreNaN, rectified: relu !== undefined };

  const shape = [batch, channels, ...attrs.outputSize];
  const output = backend.output(shape, 'float32');
  const indices = backend.output(shape, 'int32');
  const [to, at] = [backend.pointer(output), backend.pointer(indices)];
  if (convolution !== undefined && texts !== undefined) {
    poolTexts(backend, convolution, texts, relu === undefined ? BELOW.asItIs : BELOW.first, to, at);
  } else if (convolution !== undefined) {
    convolveAndPool(backend, convolution.geometry, pooling, convolution.begin(), to, at);
  } else {
    const planes = batch * channels;
    // First, since computing it takes arguments and scratch memory of its own.
    const from = source.pointer;
    const arguments_ = writePoolGeometry(backend, pooling);
    const split = backend.split(planes, costOfPool(pooling, planes));
    backend.run('maxPool2d', split, [arguments_, from, to, at, 0, planes]);
  }
  relu?.rememberPooled({ output: backend.storage(output), indices: backend.storage(indices) });
  return [output, indices];
}

/** The convolution that nobody has read yet, where the pooling's planes are its own: a reshape may stand between. */
function convolutionOf({ deferred }: Storage, planes: number, size: number): DeferredConv2d | undefined {
  if (!(deferred instanceof DeferredConv2d)) return undefined;
  const { input, weight, outHeight, outWidth } = deferred.geometry;
  return planes === input[0] * weight[0] && size === outHeight * outWidth ? deferred : undefined;
}

/** Whether there is one window, the whole plane. */
function coversPlane({ kernelSize, padding, dilation, outputSize }: MaxPool2dAttributes, ...plane: number[]): boolean {
  const isOne = outputSize[0] === 1 && outputSize[1] === 1 && padding.every((side) => side === 0);
  return isOne && dilation.every((step) => step === 1) && plane.every((side, axis) => kernelSize[axis] === side);
}

/** The largest values over time of a convolution of words' vectors. */
function poolTexts(
  backend: SimdBackend,
  convolution: DeferredConv2d,
  texts: DeferredEmbedding,
  below: (typeof BELOW)[keyof typeof BELOW],
  output: number,
  indices: number,
): void {
  const { input, weight } = convolution.geometry;
  const [batch, , length, width] = input;
  const filters = filtersOf([weight]).map((some) => ({ ...some, ...convolution.beginFilters() }));
  largestWindows(backend, texts.words, width, [batch, length], filters, below, output, indices);
}

/** The gradient of the input, shaped `attrs.inputShape`: when someone asks for it, since a convolution's gradient needs the winners only. */
export function maxPool2dBackward(
  backend: SimdBackend,
  { gradOutput, indices }: MaxPool2dBackwardInputs,
  attrs: MaxPool2dBackwardAttributes,
): TensorInfo {
  const [batch, channels, height, width] = attrs.inputShape as unknown as [number, number, number, number];
  backend.compute(gradOutput);
  const storages = [backend.storage(gradOutput), backend.storage(indices)] as const;
  const way = new WinnersGradient(backend, ...storages, batch * channels, height * width);
  return backend.deferred([...attrs.inputShape], way);
}

export const maxPool2dKernels = [
  deferringKernel<MaxPool2dInputs, MaxPool2dAttributes>(FLAMBEAU_KERNELS.maxPool2d, ({ inputs, attrs, backend }) =>
    maxPool2d(backend, inputs, attrs),
  ),
  deferringKernel<MaxPool2dBackwardInputs, MaxPool2dBackwardAttributes>(
    FLAMBEAU_KERNELS.maxPool2dBackward,
    ({ inputs, attrs, backend }) => maxPool2dBackward(backend, inputs, attrs),
  ),
];

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { deferringKernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import {
  FLAMBEAU_KERNELS,
  type MaxPool2dAttributes,
  type MaxPool2dBackwardAttributes,
  type MaxPool2dBackwardInputs,
  type MaxPool2dInputs,
} from './contract.ts';
import { convolveAndPool } from './conv2dForward.ts';
import { DeferredConv2d, DeferredRelu, WinnersGradient } from './deferred.ts';
import { costOfPool, type PoolGeometry, writePoolGeometry } from './poolGeometry.ts';

/**
 * → [output, indices]. NaN wins, as in PyTorch, unless `ignoreNaN`, as in TensorFlow.js. Does the ReLU and the convolution
 * before it, too, if they are deferred.
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
  const convolution = source.deferred instanceof DeferredConv2d ? source.deferred : undefined;
  const pooling: PoolGeometry = { height, width, attributes: attrs, ignoreNaN, rectified: relu !== undefined };

  const pointers = convolution?.begin() ?? { input: source.pointer, weight: 0, bias: 0 };
  const shape = [batch, channels, ...attrs.outputSize];
  const output = backend.output(shape, 'float32');
  const indices = backend.output(shape, 'int32');
  const [to, at] = [backend.pointer(output), backend.pointer(indices)];
  if (convolution !== undefined) {
    convolveAndPool(backend, convolution.geometry, pooling, pointers, to, at);
  } else {
    const planes = batch * channels;
    const arguments_ = writePoolGeometry(backend, pooling);
    const split = backend.split(planes, costOfPool(pooling, planes));
    backend.run('maxPool2d', split, [arguments_, pointers.input, to, at, 0, planes]);
  }
  relu?.rememberPooled({ output: backend.storage(output), indices: backend.storage(indices) });
  return [output, indices];
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

import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { kernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { COST } from '../threads/cost.ts';
import {
  FLAMBEAU_KERNELS,
  type MaxPool2dAttributes,
  type MaxPool2dBackwardAttributes,
  type MaxPool2dBackwardInputs,
  type MaxPool2dInputs,
} from './contract.ts';

type Shape4d = readonly [number, number, number, number];

/** → [output, indices]. NaN wins, as in PyTorch, unless `ignoreNaN`, as in TensorFlow.js. */
export function maxPool2d(
  backend: SimdBackend,
  { input }: MaxPool2dInputs,
  attrs: MaxPool2dAttributes,
  ignoreNaN = false,
): [TensorInfo, TensorInfo] {
  const [batch, channels, height, width] = input.shape as unknown as Shape4d;
  const { kernelSize, stride, padding, dilation, outputSize } = attrs;
  const shape = [batch, channels, ...outputSize];
  const output = backend.output(shape, 'float32');
  const indices = backend.output(shape, 'int32');
  const [from, to, at] = [backend.pointer(input), backend.pointer(output), backend.pointer(indices)];
  // The fields of assembly/pool2d.ts, in its order.
  const pointer = backend.heap.argumentsPointer;
  backend.heap.i32.set(
    [height, width, ...outputSize, ...kernelSize, ...stride, padding[0], padding[2], ...dilation, ignoreNaN ? 1 : 0],
    pointer / 4,
  );
  const planes = batch * channels;
  const windows = util.sizeFromShape(shape) * kernelSize[0] * kernelSize[1];
  backend.run('maxPool2d', backend.split(planes, windows * COST.pool), [pointer, from, to, at, 0, planes]);
  return [output, indices];
}

/** The gradient of the input, shaped `attrs.inputShape`. */
export function maxPool2dBackward(
  backend: SimdBackend,
  { gradOutput, indices }: MaxPool2dBackwardInputs,
  attrs: MaxPool2dBackwardAttributes,
): TensorInfo {
  const [batch, channels, height, width] = attrs.inputShape as unknown as Shape4d;
  const [, , outHeight, outWidth] = gradOutput.shape as unknown as Shape4d;
  const out = backend.output([...attrs.inputShape], 'float32');
  const planes = batch * channels;
  const cost = planes * (height * width * COST.copy + outHeight * outWidth);
  backend.run('maxPool2dBackward', backend.split(planes, cost), [
    ...([backend.pointer(gradOutput), backend.pointer(indices), backend.pointer(out)] as const),
    ...([outHeight * outWidth, height * width, 0, planes] as const),
  ]);
  return out;
}

export const maxPool2dKernels = [
  kernel<MaxPool2dInputs, MaxPool2dAttributes>(FLAMBEAU_KERNELS.maxPool2d, ({ inputs, attrs, backend }) =>
    maxPool2d(backend, inputs, attrs),
  ),
  kernel<MaxPool2dBackwardInputs, MaxPool2dBackwardAttributes>(
    FLAMBEAU_KERNELS.maxPool2dBackward,
    ({ inputs, attrs, backend }) => maxPool2dBackward(backend, inputs, attrs),
  ),
];

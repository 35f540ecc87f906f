import type { TensorInfo } from '@tensorflow/tfjs-core';
import { deferringKernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
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
import { conv2dBackwardInput, conv2dBackwardWeight } from './conv2dBackward.ts';
import { convolve } from './conv2dForward.ts';
import { geometryOf } from './conv2dGeometry.ts';
import { DeferredConv2d, isWorthDeferring, textsOf, WinnersGradient } from './deferred.ts';
import { reduce } from './reduce.ts';

/** input ⋆ weight + bias, NCHW, at once. */
export function conv2d(backend: SimdBackend, inputs: Conv2dInputs, attrs: Conv2dAttributes): TensorInfo {
  const { input, weight, bias } = inputs;
  const geometry = geometryOf(input.shape, weight.shape, attrs);
  const pointers = {
    input: backend.pointer(input),
    weight: backend.pointer(weight),
    bias: bias ? backend.pointer(bias) : 0,
  };
  const out = backend.output([input.shape[0]!, weight.shape[0]!, geometry.outHeight, geometry.outWidth], 'float32');
  convolve(backend, geometry, pointers, backend.pointer(out));
  return out;
}

/** The same when someone asks for it. */
function deferConv2d(backend: SimdBackend, inputs: Conv2dInputs, attrs: Conv2dAttributes): TensorInfo {
  const { input, weight, bias } = inputs;
  const geometry = geometryOf(input.shape, weight.shape, attrs);
  if (textsOf(backend.storage(input), geometry) === undefined) backend.compute(input);
  backend.compute(weight);
  if (bias) backend.compute(bias);
  if (!isWorthDeferring(backend, geometry)) return conv2d(backend, inputs, attrs);
  const storages = [backend.storage(input), backend.storage(weight)] as const;
  return backend.deferred(
    [input.shape[0]!, weight.shape[0]!, geometry.outHeight, geometry.outWidth],
    new DeferredConv2d(backend, geometry, ...storages, bias && backend.storage(bias)),
  );
}

/** gradOutput summed over all axes but the second. */
function conv2dBackwardBias(backend: SimdBackend, gradOutput: TensorInfo): TensorInfo {
  const { deferred } = backend.storage(gradOutput);
  const [batch, channels] = gradOutput.shape as [number, number];
  if (!(deferred instanceof WinnersGradient) || deferred.planes !== batch * channels) {
    const axes = gradOutput.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
    return reduce(backend, 'Sum', gradOutput, axes, false);
  }
  const winners = backend.tensorOf(deferred.gradOutput.hold(), [batch, channels, deferred.windows], 'float32');
  const sums = reduce(backend, 'Sum', winners, [0, 2], false);
  backend.disposeIntermediateTensorInfo(winners);
  return sums;
}

export const conv2dKernels = [
  deferringKernel<Conv2dInputs, Conv2dAttributes>(FLAMBEAU_KERNELS.conv2d, ({ inputs, attrs, backend }) =>
    deferConv2d(backend, inputs, attrs),
  ),
  deferringKernel<Conv2dBackwardInputInputs, Conv2dBackwardInputAttributes>(
    FLAMBEAU_KERNELS.conv2dBackwardInput,
    ({ inputs, attrs, backend }) => conv2dBackwardInput(backend, inputs, attrs),
  ),
  deferringKernel<Conv2dBackwardWeightInputs, Conv2dBackwardWeightAttributes>(
    FLAMBEAU_KERNELS.conv2dBackwardWeight,
    ({ inputs, attrs, backend }) => conv2dBackwardWeight(backend, inputs, attrs),
  ),
  deferringKernel<Conv2dBackwardBiasInputs>(FLAMBEAU_KERNELS.conv2dBackwardBias, ({ inputs, backend }) =>
    conv2dBackwardBias(backend, inputs.gradOutput),
  ),
];

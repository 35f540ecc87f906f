import { getKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelCall } from './kernel.ts';

/** TensorFlow.js's own tiled product, bias and all: one dispatch. */
export function linear({
  inputs: { input, weight, bias },
  backend,
}: KernelCall<{ input: TensorInfo; weight: TensorInfo; bias?: TensorInfo }, object>): TensorInfo[] {
  const as3d = (tensor: TensorInfo): TensorInfo => ({ ...tensor, shape: [1, ...tensor.shape] });
  const output = getKernel('_FusedMatMul', 'webgpu').kernelFunc({
    inputs: { a: as3d(input), b: as3d(weight), ...(bias && { bias }) } as never,
    attrs: { transposeA: false, transposeB: true, activation: 'linear', leakyreluAlpha: 0 } as never,
    backend,
  }) as TensorInfo;
  return [{ ...output, shape: [input.shape[0], weight.shape[0]] }];
}

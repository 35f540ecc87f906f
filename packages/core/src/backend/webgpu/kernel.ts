import { getKernel, type KernelFunc, registerKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from './program.ts';

export type { WebgpuBackend } from './program.ts';

/** A call of a kernel. Inputs that may be absent are `undefined` when they are. */
export interface KernelCall<Inputs, Attributes> {
  readonly inputs: Inputs;
  readonly attrs: Attributes;
  readonly backend: WebgpuBackend;
}

/** Registers a kernel of one of core's ops with TensorFlow.js's WebGPU backend, unless it is there. */
export function registerGpuKernel<Inputs, Attributes>(
  kernelName: string,
  run: (call: KernelCall<Inputs, Attributes>) => TensorInfo[],
): void {
  if (getKernel(kernelName, 'webgpu') !== undefined) return;
  registerKernel({ kernelName, backendName: 'webgpu', kernelFunc: run as unknown as KernelFunc });
}

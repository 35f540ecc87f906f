import type { KernelConfig } from '@tensorflow/tfjs-core';
import { conv2dKernels } from './conv2d.ts';
import { matMulKernels } from './matMul.ts';

/** Every kernel that this backend has of its own. */
export const ownKernels: Omit<KernelConfig, 'backendName'>[] = [...matMulKernels, ...conv2dKernels];

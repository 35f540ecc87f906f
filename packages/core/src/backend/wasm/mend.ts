import {
  Conv2DBackpropFilter,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  Einsum,
  MaxPoolGrad,
  UnsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import {
  conv2dBackpropFilter,
  depthwiseConv2dBackpropFilter,
  depthwiseConv2dBackpropInput,
} from './convolutionGradients.ts';
import { einsum } from './einsum.ts';
import { registerHostKernel } from './hostKernel.ts';
import { maxPoolGrad } from './maxPoolGrad.ts';
import { unsortedSegmentSum } from './unsortedSegmentSum.ts';

/** Registers what TensorFlow.js's WebAssembly backend (4.22) lacks for training, and what it has wrong. */
export function mendWasm(): void {
  registerHostKernel(UnsortedSegmentSum, unsortedSegmentSum);
  registerHostKernel(Conv2DBackpropFilter, conv2dBackpropFilter);
  registerHostKernel(DepthwiseConv2dNativeBackpropFilter, depthwiseConv2dBackpropFilter);
  registerHostKernel(DepthwiseConv2dNativeBackpropInput, depthwiseConv2dBackpropInput);
  registerHostKernel(Einsum, einsum);
  registerHostKernel(MaxPoolGrad, maxPoolGrad);
}

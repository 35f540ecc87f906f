import { adam } from './adam.ts';
import { conv2d, conv2dBackwardBias, conv2dBackwardInput, conv2dBackwardWeight } from './conv2d.ts';
import { crossEntropy, crossEntropyBackward } from './crossEntropy.ts';
import { registerGpuKernel } from './kernel.ts';
import { linear } from './linear.ts';
import { maxPool2d, maxPool2dBackward } from './maxPool2d.ts';
import { relu, reluBackward } from './relu.ts';

/** Registers core's own shaders: an op that would be a dozen of TensorFlow.js's dispatches is one or two. */
export function registerGpuKernels(): void {
  registerGpuKernel('flambeau::relu', relu);
  registerGpuKernel('flambeau::relu_backward', reluBackward);
  registerGpuKernel('flambeau::conv2d', conv2d);
  registerGpuKernel('flambeau::conv2d_backward_input', conv2dBackwardInput);
  registerGpuKernel('flambeau::conv2d_backward_weight', conv2dBackwardWeight);
  registerGpuKernel('flambeau::conv2d_backward_bias', conv2dBackwardBias);
  registerGpuKernel('flambeau::max_pool2d', maxPool2d);
  registerGpuKernel('flambeau::max_pool2d_backward', maxPool2dBackward);
  registerGpuKernel('flambeau::linear', linear);
  registerGpuKernel('flambeau::cross_entropy', crossEntropy);
  registerGpuKernel('flambeau::cross_entropy_backward', crossEntropyBackward);
  registerGpuKernel('flambeau::adam_', adam);
}

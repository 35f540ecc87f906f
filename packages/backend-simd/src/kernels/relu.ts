import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { deferringKernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { Storage } from '../backend/storage.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import { FLAMBEAU_KERNELS, type ReluBackwardInputs, type ReluInputs } from './contract.ts';
import { DeferredRelu, WinnersGradient } from './deferred.ts';
import { runUnary, UNARY } from './unary.ts';

/** gradOutput where output is above 0 or NaN, else 0, into the memory at `to`. */
function mask(backend: SimdBackend, gradOutput: number, output: number, to: number, count: number): void {
  const split = backend.split(count, count * COST.element, CACHE_LINE);
  backend.run('reluBackward', split, [gradOutput, output, to, 0, count]);
}

/** Where a pooling has read the ReLU's output, and nothing else, the gradient is that of the winners above 0. */
function maskWinners(backend: SimdBackend, { gradOutput, output }: ReluBackwardInputs): TensorInfo | undefined {
  const gradient = backend.storage(gradOutput).deferred;
  const relu = backend.storage(output).deferred;
  if (!(gradient instanceof WinnersGradient) || !(relu instanceof DeferredRelu)) return undefined;
  const { pooled } = relu;
  if (pooled?.indices !== gradient.indices) return undefined;
  const [from, winners] = [gradient.gradOutput.pointer, pooled.output.pointer];
  const masked = new Storage(backend.heap, gradient.gradOutput.byteLength);
  mask(backend, from, winners, masked.pointer, masked.byteLength / 4);
  const way = new WinnersGradient(backend, masked, gradient.indices, gradient.planes, gradient.size);
  masked.release();
  return backend.deferred(gradOutput.shape, way);
}

export const reluKernels = [
  // Of images only: a pooling may follow.
  deferringKernel<ReluInputs>(FLAMBEAU_KERNELS.relu, ({ inputs: { input }, backend }) => {
    if (input.shape.length === 4)
      return backend.deferred(input.shape, new DeferredRelu(backend, backend.storage(input)));
    backend.compute(input);
    return runUnary(backend, UNARY.Relu, input);
  }),

  deferringKernel<ReluBackwardInputs>(FLAMBEAU_KERNELS.reluBackward, ({ inputs, backend }) => {
    const winners = maskWinners(backend, inputs);
    if (winners !== undefined) return winners;
    const { gradOutput, output } = inputs;
    const [grad, y] = [backend.pointer(gradOutput), backend.pointer(output)];
    const out = backend.output(gradOutput.shape, 'float32');
    mask(backend, grad, y, backend.pointer(out), util.sizeFromShape(gradOutput.shape));
    return out;
  }),
];

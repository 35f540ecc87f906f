import { util } from '@tensorflow/tfjs-core';
import { kernel } from '../backend/kernel.ts';
import { FLAMBEAU_KERNELS, type ReluBackwardInputs, type ReluInputs } from './contract.ts';
import { runUnary, UNARY } from './unary.ts';

export const reluKernels = [
  kernel<ReluInputs>(FLAMBEAU_KERNELS.relu, ({ inputs, backend }) => runUnary(backend, UNARY.Relu, inputs.input)),

  kernel<ReluBackwardInputs>(FLAMBEAU_KERNELS.reluBackward, ({ inputs, backend }) => {
    const { gradOutput, output } = inputs;
    const out = backend.output(gradOutput.shape, 'float32');
    const [grad, y, to] = [backend.pointer(gradOutput), backend.pointer(output), backend.pointer(out)];
    backend.wasm.reluBackward(grad, y, to, 0, util.sizeFromShape(gradOutput.shape));
    return out;
  }),
];

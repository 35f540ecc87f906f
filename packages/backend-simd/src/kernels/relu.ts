import { util } from '@tensorflow/tfjs-core';
import { kernel } from '../backend/kernel.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import { FLAMBEAU_KERNELS, type ReluBackwardInputs, type ReluInputs } from './contract.ts';
import { runUnary, UNARY } from './unary.ts';

export const reluKernels = [
  kernel<ReluInputs>(FLAMBEAU_KERNELS.relu, ({ inputs, backend }) => runUnary(backend, UNARY.Relu, inputs.input)),

  kernel<ReluBackwardInputs>(FLAMBEAU_KERNELS.reluBackward, ({ inputs, backend }) => {
    const { gradOutput, output } = inputs;
    const out = backend.output(gradOutput.shape, 'float32');
    const [grad, y, to] = [backend.pointer(gradOutput), backend.pointer(output), backend.pointer(out)];
    const count = util.sizeFromShape(gradOutput.shape);
    const split = backend.split(count, count * COST.element, CACHE_LINE);
    backend.run('reluBackward', split, [grad, y, to, 0, count]);
    return out;
  }),
];

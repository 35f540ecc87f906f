import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { kernel } from '../backend/kernel.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import {
  type AdamAttributes,
  type AdamInputs,
  FLAMBEAU_KERNELS,
  type SgdAttributes,
  type SgdInputs,
} from './contract.ts';

// Scalars are taken to float32 where PyTorch does: on their way into each elementwise operation.

const adam = kernel<AdamInputs, AdamAttributes>(FLAMBEAU_KERNELS.adam, ({ inputs, attrs, backend }) => {
  const { count, lr, beta1, beta2, eps, weightDecay, decoupledWeightDecay, step, maximize } = attrs;
  const stepSize = lr / (1 - beta1 ** step);
  const correction = Math.sqrt(1 - beta2 ** step);
  const shrink = decoupledWeightDecay ? 1 - lr * weightDecay : 1;
  for (let i = 0; i < count; i++) {
    const param = inputs[`param${i}`] as TensorInfo;
    const [at, m, v] = [
      backend.writablePointer(param),
      backend.writablePointer(inputs[`expAvg${i}`] as TensorInfo),
      backend.writablePointer(inputs[`expAvgSq${i}`] as TensorInfo),
    ];
    const size = util.sizeFromShape(param.shape);
    backend.run('adam', backend.split(size, size * COST.adam, CACHE_LINE), [
      ...([at, backend.pointer(inputs[`grad${i}`] as TensorInfo), m, v] as const),
      ...([1 - beta1, beta2, 1 - beta2, decoupledWeightDecay ? 0 : weightDecay, shrink] as const),
      ...([stepSize, correction, eps, maximize, 0, size] as const),
    ]);
  }
  return [];
});

const sgd = kernel<SgdInputs, SgdAttributes>(FLAMBEAU_KERNELS.sgd, ({ inputs, attrs, backend }) => {
  const { count, lr, momentum, dampening, weightDecay, nesterov, maximize, firstStep } = attrs;
  for (let i = 0; i < count; i++) {
    const param = inputs[`param${i}`] as TensorInfo;
    const buffer = momentum === 0 ? undefined : inputs[`momentumBuffer${i}`];
    const at = backend.writablePointer(param);
    const size = util.sizeFromShape(param.shape);
    backend.run('sgd', backend.split(size, size * COST.sgd, CACHE_LINE), [
      ...([
        at,
        backend.pointer(inputs[`grad${i}`] as TensorInfo),
        buffer ? backend.writablePointer(buffer) : 0,
      ] as const),
      ...([lr, momentum, 1 - dampening, weightDecay, nesterov, maximize, firstStep] as const),
      ...([0, size] as const),
    ]);
  }
  return [];
});

export const optimizerKernels = [adam, sgd];

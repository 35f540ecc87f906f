import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { kernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import {
  type AdamAttributes,
  type AdamInputs,
  FLAMBEAU_KERNELS,
  type SgdAttributes,
  type SgdInputs,
} from './contract.ts';

/** i32 of a slot of assembly/optimizer.ts. */
const SLOT = 5;
/** As many as there is room for beside other arguments. */
const MOST_SLOTS = 3000;

/** A parameter, its gradient and the optimizer's buffers for it. */
interface Slot {
  param: TensorInfo;
  grad: TensorInfo;
  buffers: readonly TensorInfo[];
}

/** Runs `step` for all parameters at once (or for some thousands of them, and then for the next). */
function forAll(
  backend: SimdBackend,
  slots: readonly Slot[],
  step: (slots: number, count: number, elements: number) => void,
): void {
  for (let first = 0; first < slots.length; first += MOST_SLOTS) {
    const some = slots.slice(first, first + MOST_SLOTS);
    let elements = 0;
    const numbers = some.flatMap(({ param, grad, buffers }) => {
      const size = util.sizeFromShape(param.shape);
      // Each parameter starts at a multiple of a cache line, also when parts are counted.
      elements += Math.ceil(size / CACHE_LINE) * CACHE_LINE;
      const [one = 0, two = 0] = buffers.map((buffer) => backend.writablePointer(buffer));
      return [backend.writablePointer(param), backend.pointer(grad), one, two, size];
    });
    const table = backend.heap.argumentsPointer;
    backend.heap.i32.set(numbers, table / 4);
    step(table, numbers.length / SLOT, elements);
  }
}

// Scalars are taken to float32 where PyTorch does: on their way into each elementwise operation.

const adam = kernel<AdamInputs, AdamAttributes>(FLAMBEAU_KERNELS.adam, ({ inputs, attrs, backend }) => {
  const { count, lr, beta1, beta2, eps, weightDecay, decoupledWeightDecay, step, maximize } = attrs;
  const stepSize = lr / (1 - beta1 ** step);
  const correction = Math.sqrt(1 - beta2 ** step);
  const shrink = decoupledWeightDecay ? 1 - lr * weightDecay : 1;
  const slots = Array.from({ length: count }, (_, i): Slot => {
    const [param, grad, m, v] = (['param', 'grad', 'expAvg', 'expAvgSq'] as const).map((name) => inputs[`${name}${i}`]);
    return { param: param!, grad: grad!, buffers: [m!, v!] };
  });
  forAll(backend, slots, (table, many, elements) => {
    backend.run('adam', backend.split(elements, elements * COST.adam, CACHE_LINE), [
      ...([table, many, 1 - beta1, beta2, 1 - beta2, decoupledWeightDecay ? 0 : weightDecay, shrink] as const),
      ...([stepSize, correction, eps, maximize, 0, elements] as const),
    ]);
  });
  return [];
});

const sgd = kernel<SgdInputs, SgdAttributes>(FLAMBEAU_KERNELS.sgd, ({ inputs, attrs, backend }) => {
  const { count, lr, momentum, dampening, weightDecay, nesterov, maximize, firstStep } = attrs;
  const slots = Array.from({ length: count }, (_, i): Slot => {
    const [param, grad, buffer] = (['param', 'grad', 'momentumBuffer'] as const).map((name) => inputs[`${name}${i}`]);
    return { param: param!, grad: grad!, buffers: momentum === 0 || buffer === undefined ? [] : [buffer] };
  });
  forAll(backend, slots, (table, many, elements) => {
    backend.run('sgd', backend.split(elements, elements * COST.sgd, CACHE_LINE), [
      ...([table, many, lr, momentum, 1 - dampening, weightDecay, nesterov, maximize, firstStep] as const),
      ...([0, elements] as const),
    ]);
  });
  return [];
});

export const optimizerKernels = [adam, sgd];

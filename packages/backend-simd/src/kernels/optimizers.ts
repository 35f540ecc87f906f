import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { deferringKernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import { FLAMBEAU_KERNELS } from './contract.ts';
import type {
  AdamAttributes,
  AdamInputs,
  RmspropAttributes,
  RmspropInputs,
  SgdAttributes,
  SgdInputs,
} from './optimizerContract.ts';
import { RowsGradient } from './rowsGradient.ts';

/** Numbers before the slots: room for any optimizer's. */
const OPTIONS = 16;
/** i32 of a slot of assembly/optimizer.ts. */
const SLOT = 8;
/** As many as there is room for beside other arguments. */
const MOST_SLOTS = 2000;

/** Inputs numbered from 0: `param0`, `grad0`, and the optimizer's buffers. */
type Numbered = Readonly<Record<string, TensorInfo | undefined>>;

/** A gradient's numbers; those of a few rows are taken as they are. */
function whereIs(backend: SimdBackend, gradient: TensorInfo): { pointer: number; places: number; width: number } {
  const storage = backend.storage(gradient);
  const { deferred } = storage;
  if (!(deferred instanceof RowsGradient)) return { pointer: storage.pointer, places: 0, width: 0 };
  return { pointer: deferred.rows.pointer, places: deferred.places.pointer, width: deferred.width };
}

/**
 * One step of an optimizer of assembly/optimizer.ts in place, for all parameters at once (or for some thousands of them, and
 * then for the next).
 *
 * @param buffers the names of its buffers in the slots' order; one that is missing is handed on as 0
 * @param options its numbers. They are taken to float32 where PyTorch does: on their way into each elementwise operation.
 */
function step(
  backend: SimdBackend,
  name: 'adam' | 'sgd' | 'rmsprop',
  inputs: Numbered,
  count: number,
  buffers: readonly string[],
  options: readonly (number | boolean)[],
): void {
  for (let first = 0; first < count; first += MOST_SLOTS) {
    let elements = 0;
    const slots: number[] = [];
    for (let i = first; i < Math.min(first + MOST_SLOTS, count); i++) {
      const [param, grad] = [inputs[`param${i}`]!, inputs[`grad${i}`]!];
      const size = util.sizeFromShape(param.shape);
      // Each parameter starts at a multiple of a cache line, also when parts are counted.
      elements += Math.ceil(size / CACHE_LINE) * CACHE_LINE;
      const gradient = whereIs(backend, grad);
      const [one = 0, two = 0, three = 0] = buffers.map((buffer) => {
        const tensor = inputs[`${buffer}${i}`];
        return tensor === undefined ? 0 : backend.writablePointer(tensor);
      });
      const { pointer, places, width } = gradient;
      slots.push(backend.writablePointer(param), pointer, one, two, three, size, places, width);
    }
    const numbers = backend.heap.argumentsPointer;
    const table = numbers + OPTIONS * 4;
    backend.heap.f32.set(options.map(Number), numbers / 4);
    backend.heap.i32.set(slots, table / 4);
    const split = backend.split(elements, elements * COST[name], CACHE_LINE);
    backend.run(name, split, [numbers, table, slots.length / SLOT, 0, elements]);
  }
}

const adam = deferringKernel<AdamInputs, AdamAttributes>(FLAMBEAU_KERNELS.adam, ({ inputs, attrs, backend }) => {
  const { count, lr, beta1, beta2, eps, weightDecay, decoupledWeightDecay, step: t, maximize } = attrs;
  const [decay, shrink] = decoupledWeightDecay ? [0, 1 - lr * weightDecay] : [weightDecay, 1];
  const [stepSize, correction] = [lr / (1 - beta1 ** t), Math.sqrt(1 - beta2 ** t)];
  const options = [1 - beta1, beta2, 1 - beta2, decay, shrink, stepSize, correction, eps, maximize];
  step(backend, 'adam', inputs, count, ['expAvg', 'expAvgSq'], options);
  return [];
});

const sgd = deferringKernel<SgdInputs, SgdAttributes>(FLAMBEAU_KERNELS.sgd, ({ inputs, attrs, backend }) => {
  const { count, lr, momentum, dampening, weightDecay, nesterov, maximize, firstStep } = attrs;
  const options = [lr, momentum, 1 - dampening, weightDecay, nesterov, maximize, firstStep];
  step(backend, 'sgd', inputs, count, momentum === 0 ? [] : ['momentumBuffer'], options);
  return [];
});

const rmsprop = deferringKernel<RmspropInputs, RmspropAttributes>(
  FLAMBEAU_KERNELS.rmsprop,
  ({ inputs, attrs, backend }) => {
    const { count, lr, alpha, eps, weightDecay, momentum, maximize } = attrs;
    const options = [lr, alpha, 1 - alpha, eps, weightDecay, momentum, maximize];
    step(backend, 'rmsprop', inputs, count, ['squareAvg', 'gradAvg', 'momentumBuffer'], options);
    return [];
  },
);

export const optimizerKernels = [adam, sgd, rmsprop];

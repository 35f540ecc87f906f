import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { kernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import { runBinary } from './binary.ts';
import {
  type ElementLossBackwardInputs,
  type ElementLossInputs,
  FLAMBEAU_KERNELS,
  type PosWeight,
  type SmoothL1Attributes,
} from './contract.ts';

/** The numbers of assembly/elementLoss.ts. */
const LOSS = { smoothL1: 0, binaryCrossEntropy: 1, binaryCrossEntropyWithLogits: 2 } as const;

type Inputs = ElementLossInputs & Partial<ElementLossBackwardInputs>;

/** The loss of each element or, where there is a gradOutput, its gradient; the loss's parameter at `parameter`. */
function run(
  backend: SimdBackend,
  name: keyof typeof LOSS,
  { input, target, gradOutput }: Inputs,
  parameter: number,
  parameterMoves = false,
): TensorInfo {
  const count = util.sizeFromShape(input.shape);
  const out = backend.output(input.shape, 'float32');
  const cost = name === 'smoothL1' ? COST.element : COST.softmax;
  const gradient = gradOutput === undefined ? 0 : backend.pointer(gradOutput);
  const pointers = [gradient, backend.pointer(input), backend.pointer(target), parameter] as const;
  const range = [parameterMoves, backend.pointer(out), 0, count] as const;
  backend.run('elementLoss', backend.split(count, count * cost, CACHE_LINE), [LOSS[name], ...pointers, ...range]);
  return out;
}

/** Where a number is that the kernel takes for all elements. */
function argument(backend: SimdBackend, value: number): number {
  const pointer = backend.heap.argumentsPointer;
  backend.heap.f32[pointer / 4] = value;
  return pointer;
}

function smoothL1({ inputs, attrs, backend }: { inputs: Inputs; attrs: SmoothL1Attributes; backend: SimdBackend }) {
  return run(backend, 'smoothL1', inputs, argument(backend, attrs.beta));
}

function binaryCrossEntropy({ inputs, backend }: { inputs: Inputs; backend: SimdBackend }) {
  return run(backend, 'binaryCrossEntropy', inputs, argument(backend, 0));
}

function withLogits({ inputs, backend }: { inputs: Inputs & PosWeight; backend: SimdBackend }) {
  const name = 'binaryCrossEntropyWithLogits';
  const { posWeight, input } = inputs;
  if (util.sizeFromShape(posWeight.shape) === 1) return run(backend, name, inputs, backend.pointer(posWeight));
  const zeros = backend.output(input.shape, 'float32');
  backend.values<Float32Array>(zeros).fill(0);
  const weights = runBinary(backend, 'Add', zeros, posWeight);
  const out = run(backend, name, inputs, backend.pointer(weights), true);
  for (const made of [zeros, weights]) backend.disposeIntermediateTensorInfo(made);
  return out;
}

export const elementLossKernels = [
  kernel<ElementLossInputs, SmoothL1Attributes>(FLAMBEAU_KERNELS.smoothL1, smoothL1),
  kernel<ElementLossBackwardInputs, SmoothL1Attributes>(FLAMBEAU_KERNELS.smoothL1Backward, smoothL1),
  kernel<ElementLossInputs>(FLAMBEAU_KERNELS.binaryCrossEntropy, binaryCrossEntropy),
  kernel<ElementLossBackwardInputs>(FLAMBEAU_KERNELS.binaryCrossEntropyBackward, binaryCrossEntropy),
  kernel<ElementLossInputs & PosWeight>(FLAMBEAU_KERNELS.binaryCrossEntropyWithLogits, withLogits),
  kernel<ElementLossBackwardInputs & PosWeight>(FLAMBEAU_KERNELS.binaryCrossEntropyWithLogitsBackward, withLogits),
];

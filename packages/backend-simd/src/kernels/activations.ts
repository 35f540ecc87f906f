import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { kernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import {
  type ActivationBackwardInputs,
  FLAMBEAU_KERNELS,
  type GeluAttributes,
  type LeakyReluAttributes,
  type OutputBackwardInputs,
  type ReluInputs,
} from './contract.ts';
import { runUnary, UNARY } from './unary.ts';

/** The numbers of assembly/activationBackward.ts. */
const GRADIENT = { Sigmoid: 0, Tanh: 1, LeakyRelu: 2, Silu: 3, Gelu: 4, GeluTanh: 5 } as const;

function backward(
  backend: SimdBackend,
  name: keyof typeof GRADIENT,
  gradOutput: TensorInfo,
  saved: TensorInfo,
  alpha = 0,
): TensorInfo {
  const count = util.sizeFromShape(saved.shape);
  const out = backend.output(saved.shape, 'float32');
  const transcendental = GRADIENT[name] >= GRADIENT.Silu;
  const split = backend.split(count, count * (transcendental ? COST.transcendental : COST.element), CACHE_LINE);
  const pointers = [backend.pointer(gradOutput), backend.pointer(saved), backend.pointer(out)] as const;
  backend.run('activationBackward', split, [GRADIENT[name], ...pointers, alpha, 0, count]);
  return out;
}

const gelu = ({ approximate }: GeluAttributes) => (approximate === 'tanh' ? 'GeluTanh' : 'Gelu');

export const activationKernels = [
  kernel<ReluInputs>(FLAMBEAU_KERNELS.sigmoid, ({ inputs, backend }) => runUnary(backend, UNARY.Sigmoid, inputs.input)),
  kernel<OutputBackwardInputs>(FLAMBEAU_KERNELS.sigmoidBackward, ({ inputs, backend }) =>
    backward(backend, 'Sigmoid', inputs.gradOutput, inputs.output),
  ),
  kernel<ReluInputs>(FLAMBEAU_KERNELS.tanh, ({ inputs, backend }) => runUnary(backend, UNARY.Tanh, inputs.input)),
  kernel<OutputBackwardInputs>(FLAMBEAU_KERNELS.tanhBackward, ({ inputs, backend }) =>
    backward(backend, 'Tanh', inputs.gradOutput, inputs.output),
  ),
  kernel<ReluInputs, LeakyReluAttributes>(FLAMBEAU_KERNELS.leakyRelu, ({ inputs, attrs, backend }) =>
    runUnary(backend, UNARY.LeakyRelu, inputs.input, attrs.negativeSlope),
  ),
  kernel<ActivationBackwardInputs, LeakyReluAttributes>(
    FLAMBEAU_KERNELS.leakyReluBackward,
    ({ inputs, attrs, backend }) =>
      backward(backend, 'LeakyRelu', inputs.gradOutput, inputs.input, attrs.negativeSlope),
  ),
  kernel<ReluInputs>(FLAMBEAU_KERNELS.silu, ({ inputs, backend }) => runUnary(backend, UNARY.Silu, inputs.input)),
  kernel<ActivationBackwardInputs>(FLAMBEAU_KERNELS.siluBackward, ({ inputs, backend }) =>
    backward(backend, 'Silu', inputs.gradOutput, inputs.input),
  ),
  kernel<ReluInputs, GeluAttributes>(FLAMBEAU_KERNELS.gelu, ({ inputs, attrs, backend }) =>
    runUnary(backend, UNARY[gelu(attrs)], inputs.input),
  ),
  kernel<ActivationBackwardInputs, GeluAttributes>(FLAMBEAU_KERNELS.geluBackward, ({ inputs, attrs, backend }) =>
    backward(backend, gelu(attrs), inputs.gradOutput, inputs.input),
  ),
];

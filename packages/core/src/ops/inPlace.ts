import { getKernel, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import { internals } from '../backend/engine.ts';

/**
 * An op that updates its inputs in place, named with a trailing underscore as PyTorch's are. Its kernel, where the
 * backend has one, does so in the inputs' own memory; the composed form computes the new values and assigns them. Not
 * differentiable.
 */
export interface InPlaceOp<Inputs, Attributes extends object> {
  readonly name: string;
  /** Gives the kernel's inputs one name each. */
  named(inputs: Inputs): NamedTensorMap;
  composed(inputs: Inputs, attributes: Attributes): void;
}

/** Runs an in-place op on the backend of its inputs. */
export function runInPlace<Inputs, Attributes extends object>(
  op: InPlaceOp<Inputs, Attributes>,
  inputs: Inputs,
  attributes: Attributes,
): void {
  const named = op.named(inputs);
  commonBackend(op.name, Object.values(named) as Tensor[]).run(() => {
    const engine = internals();
    const kernel = getKernel(op.name, engine.backendName!);
    if (kernel === undefined) op.composed(inputs, attributes);
    else kernel.kernelFunc({ inputs: named, attrs: attributes as never, backend: engine.backend });
  });
}

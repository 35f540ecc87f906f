import { type NamedTensorMap, Tensor, zeros } from '@tensorflow/tfjs-core';
import { internals, kernelBackendOf, type TapeNode } from '../backend/engine.ts';

/** A step of the model, as the tape remembers it. */
export interface Step {
  readonly name: string;
  readonly inputs: NamedTensorMap;
  /** What the caller is given. */
  readonly outputs: readonly Tensor[];
  /** What the gradient needs; the tape holds it until the backward pass has run. */
  readonly saved: readonly Tensor[];
  /** For each differentiable input a function that computes its gradient. */
  gradient(gradOutputs: readonly Tensor[], saved: readonly Tensor[]): Record<string, () => Tensor>;
}

/** Whether steps are recorded: inside of a differentiated function, and not inside of an op. */
export const isRecording = (): boolean => {
  const { state } = internals();
  return state.gradientDepth > 0 && state.kernelDepth === 0;
};

/** Runs `f` as the inside of an op: nothing of it is recorded. */
export function unrecorded<T>(f: () => T): T {
  const { state } = internals();
  state.kernelDepth++;
  try {
    return f();
  } finally {
    state.kernelDepth--;
  }
}

/**
 * Adds a step to TensorFlow.js's tape, where its own ops put theirs: both kinds can be mixed in one model and be
 * differentiated by either library. (Its own way to do so runs a kernel for every tensor that is saved.)
 */
export function record({ name, inputs, outputs, saved, gradient }: Step): void {
  const { state } = internals();
  const kept = saved.map(aliasOf);
  for (const tensor of kept) tensor.kept = true;
  const node: TapeNode = {
    id: state.nextTapeNodeId++,
    kernelName: name,
    inputs,
    outputs: outputs as Tensor[],
    saved: kept,
    gradient: (gradOutputs) =>
      gradient(
        gradOutputs.map((given, i) => given ?? zeros(outputs[i].shape)),
        kept,
      ),
  };
  state.activeTape!.push(node);
}

/** Another tensor of the same values, which stay as long as one of the two does: `clone` without a kernel. */
export function aliasOf(tensor: Tensor): Tensor {
  const engine = internals();
  const alias = new Tensor(tensor.shape, tensor.dtype, tensor.dataId, engine.nextTensorId());
  engine.incRef(alias, kernelBackendOf(tensor));
  return alias;
}

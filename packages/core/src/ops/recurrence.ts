import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { OpInputs } from './op.ts';

/**
 * What every recurrent op reads: a batch of sequences, time first, and the weights of one layer in one direction. With G
 * gates of H units each, as PyTorch stacks them:
 */
export interface RecurrentInputs extends OpInputs {
  /** `[T, N, I]` */
  readonly input: Tensor;
  /** The state before the first step, `[N, H]`. */
  readonly h0: Tensor;
  /** `[G·H, I]` */
  readonly weightIh: Tensor;
  /** `[G·H, H]` */
  readonly weightHh: Tensor;
  /** `[G·H]` */
  readonly biasIh?: Tensor;
  /** `[G·H]` */
  readonly biasHh?: Tensor;
  /**
   * int32 `[N]`: how many steps of each sequence are real; none means all. Behind them outputs are 0 and the state stays,
   * so that the last one is that of each sequence's own last step; in reverse a sequence starts at its own end.
   */
  readonly lengths?: Tensor;
}

export interface RecurrentAttributes {
  /** From the last step to the first. */
  readonly reverse: boolean;
}

/** The numbers of the steps, in the order in which they run. */
export function stepOrder(steps: number, reverse: boolean): number[] {
  const order = Array.from({ length: steps }, (_, step) => step);
  return reverse ? order.reverse() : order;
}

/** x·W_ihᵀ + b_ih of every step, each `[N, G·H]`: one product for the whole sequence. */
export function inputGates({ input, weightIh, biasIh }: RecurrentInputs): Tensor[] {
  const [steps, batch, features] = input.shape as [number, number, number];
  const product = tf.matMul(tf.reshape(input, [steps * batch, features]), weightIh, false, true);
  const gates = biasIh === undefined ? product : tf.add(product, biasIh);
  return tf.unstack(tf.reshape(gates, [steps, batch, -1]));
}

/** h·W_hhᵀ + b_hh of one step, `[N, G·H]`. */
export function hiddenGates(state: Tensor, { weightHh, biasHh }: RecurrentInputs): Tensor {
  const product = tf.matMul(state, weightHh, false, true);
  return biasHh === undefined ? product : tf.add(product, biasHh);
}

/** Which sequences have a step of this number: bool `[N, 1]`, or none where all have. */
export const present = (lengths: Tensor | undefined, step: number): Tensor | undefined =>
  lengths && tf.expandDims(tf.greater(lengths, tf.scalar(step, 'int32')), 1);

/** `value` for the sequences that are there, `other` for those that have ended. */
export const choose = (where: Tensor | undefined, value: Tensor, other: Tensor): Tensor =>
  where === undefined ? value : tf.where(where, value, other);

/** The same, 0 for those that have ended. */
export const chooseOrZero = (where: Tensor | undefined, value: Tensor): Tensor =>
  where === undefined ? value : tf.where(where, value, tf.zerosLike(value));

/** The state that each step began with, of the states `[T, N, H]` that each ended with. */
export function statesBefore(states: Tensor, first: Tensor, lengths: Tensor | undefined, reverse: boolean): Tensor[] {
  const after = tf.unstack(states);
  return after.map((_, step) => {
    const before = after[reverse ? step + 1 : step - 1];
    if (before === undefined) return first;
    return reverse ? choose(present(lengths, step + 1), before, first) : before;
  });
}

/** Rows of all steps: `[T, N, K]` → `[T·N, K]`. */
export const allRows = (sequence: Tensor): Tensor => tf.reshape(sequence, [-1, sequence.shape[2]!]);

/** ∂L/∂W_hh of the gradients of h·W_hhᵀ and of the states that they were computed from. */
export const gradWeightOfStates = (gradGates: readonly Tensor[], before: readonly Tensor[]): Tensor =>
  tf.matMul(tf.concat([...gradGates], 0), tf.concat([...before], 0), true);

/**
 * The gradients of a sequence's input, of its weight and of both biases, of those of the gates `[T, N, G·H]`.
 *
 * @param gradGatesHh - of h·W_hhᵀ; where it is the other one, both biases have one gradient.
 */
export function gateGradients(
  gradGatesIh: Tensor,
  gradGatesHh: Tensor,
  input: Tensor,
  weightIh: Tensor,
): { input(): Tensor; weightIh(): Tensor; biasIh(): Tensor; biasHh(): Tensor } {
  const sums = (gates: Tensor) => tf.sum(allRows(gates), 0);
  let biasIh: Tensor | undefined;
  return {
    input: () => tf.reshape(tf.matMul(allRows(gradGatesIh), weightIh), input.shape),
    weightIh: () => tf.matMul(allRows(gradGatesIh), allRows(input), true),
    biasIh: () => {
      biasIh = sums(gradGatesIh);
      return biasIh;
    },
    biasHh: () => {
      const same = gradGatesHh === gradGatesIh && biasIh !== undefined && !biasIh.isDisposed;
      return same ? tf.clone(biasIh!) : sums(gradGatesHh);
    },
  };
}

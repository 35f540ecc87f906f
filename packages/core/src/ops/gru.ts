import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { defineOp } from './op.ts';
import {
  choose,
  chooseOrZero,
  gateGradients,
  gradWeightOfStates,
  hiddenGates,
  inputGates,
  present,
  type RecurrentAttributes,
  type RecurrentInputs,
  statesBefore,
  stepOrder,
} from './recurrence.ts';
import { cellBackward, cellForward } from './recurrentCell.ts';

/**
 * A GRU over a sequence, in one direction → output `[T, N, H]`, the last state `[N, H]`, and for the gradient the gates
 * r, z, n and W_hn·h + b_hn of every step, `[T, N, 4·H]`:
 *
 * r = σ(W_ir·x + b_ir + W_hr·h + b_hr), z = σ(W_iz·x + b_iz + W_hz·h + b_hz),
 * n = tanh(W_in·x + b_in + r·(W_hn·h + b_hn)), h′ = (1 − z)·n + z·h.
 */
export const gru = defineOp<RecurrentInputs, RecurrentAttributes>({
  name: 'flambeau::gru',
  outputs: 2,
  composed(inputs, { reverse }) {
    const fromInput = inputGates(inputs);
    const outputs: Tensor[] = [];
    const gates: Tensor[] = [];
    let state = inputs.h0;
    for (const step of stepOrder(fromInput.length, reverse)) {
      const where = present(inputs.lengths, step);
      const next = cellForward('gru', fromInput[step]!, hiddenGates(state, inputs), { hidden: state });
      outputs[step] = chooseOrZero(where, next.hidden);
      gates[step] = next.gates;
      state = choose(where, next.hidden, state);
    }
    return [tf.stack(outputs), state, tf.stack(gates)];
  },
  saved: ({ input, h0, weightIh, weightHh, lengths }, [output, , gates]) =>
    [input, h0, weightIh, weightHh, output, gates, lengths].filter((tensor) => tensor !== undefined),
  gradient(gradOutput, saved, attributes, [, gradHn]) {
    const [input, h0, weightIh, weightHh, output, gates] = saved;
    const lengths: Tensor | undefined = saved[6];
    const [gradGatesIh, gradGatesHh, gradH0, gradWeightHh] = gruBackward(
      { gradOutput, gradHn, h0, weightHh, output, gates, lengths },
      attributes,
    );
    return {
      ...gateGradients(gradGatesIh, gradGatesHh, input, weightIh),
      h0: () => gradH0,
      weightHh: () => gradWeightHh,
    };
  },
});

/**
 * {@link gru} backwards through time → the gradients of x·W_ihᵀ and of h·W_hhᵀ, both `[T, N, 3·H]` (they differ in n's
 * part, by r), of `h0` and of `weightHh`. Step by step as {@link cellBackward}, and ∂h = ∂h′·z + [∂r, ∂z, r·∂n]·W_hh.
 */
export const gruBackward = defineOp<
  {
    gradOutput: Tensor;
    gradHn: Tensor;
    h0: Tensor;
    weightHh: Tensor;
    output: Tensor;
    gates: Tensor;
    lengths?: Tensor;
  },
  RecurrentAttributes
>({
  name: 'flambeau::gru_backward',
  outputs: 4,
  composed({ gradOutput, gradHn, h0, weightHh, output, gates, lengths }, { reverse }) {
    const before = statesBefore(output, h0, lengths, reverse);
    const ofOutput = tf.unstack(gradOutput);
    const activations = tf.unstack(gates);
    const gradIh: Tensor[] = [];
    const gradHh: Tensor[] = [];
    let gradState = gradHn;
    for (const step of stepOrder(before.length, !reverse)) {
      const where = present(lengths, step);
      const gradient = { hidden: tf.add(gradState, ofOutput[step]!) };
      const back = cellBackward('gru', gradient, activations[step]!, { hidden: before[step]! }, undefined);
      gradIh[step] = chooseOrZero(where, back.ofInput);
      gradHh[step] = chooseOrZero(where, back.ofHidden);
      const earlier = tf.add(back.state.hidden, tf.matMul(gradHh[step]!, weightHh));
      gradState = choose(where, earlier, gradState);
    }
    return [tf.stack(gradIh), tf.stack(gradHh), gradState, gradWeightOfStates(gradHh, before)];
  },
});

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
      const [inputR, inputZ, inputN] = tf.split(fromInput[step]!, 3, 1);
      const [hiddenR, hiddenZ, hiddenN] = tf.split(hiddenGates(state, inputs), 3, 1);
      const r = tf.sigmoid(tf.add(inputR, hiddenR));
      const z = tf.sigmoid(tf.add(inputZ, hiddenZ));
      const n = tf.tanh(tf.add(inputN, tf.mul(r, hiddenN)));
      const next = tf.add(n, tf.mul(z, tf.sub(state, n)));
      outputs[step] = chooseOrZero(where, next);
      gates[step] = tf.concat([r, z, n, hiddenN], 1);
      state = choose(where, next, state);
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
 * part, by r), of `h0` and of `weightHh`. With g the gradient of h′:
 *
 * ∂n = g·(1 − z)·(1 − n²), ∂z = g·(h − n)·z·(1 − z), ∂r = ∂n·(W_hn·h + b_hn)·r·(1 − r), ∂h = g·z + [∂r, ∂z, r·∂n]·W_hh.
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
      const [r, z, n, hiddenN] = tf.split(activations[step]!, 4, 1);
      const g = tf.add(gradState, ofOutput[step]!);
      const gradN = tf.mul(tf.mul(g, tf.sub(1, z)), tf.sub(1, tf.square(n)));
      const gradZ = tf.mul(tf.mul(g, tf.sub(before[step]!, n)), tf.mul(z, tf.sub(1, z)));
      const gradR = tf.mul(tf.mul(gradN, hiddenN), tf.mul(r, tf.sub(1, r)));
      gradIh[step] = chooseOrZero(where, tf.concat([gradR, gradZ, gradN], 1));
      gradHh[step] = chooseOrZero(where, tf.concat([gradR, gradZ, tf.mul(gradN, r)], 1));
      const next = tf.add(tf.mul(g, z), tf.matMul(gradHh[step]!, weightHh));
      gradState = choose(where, next, gradState);
    }
    return [tf.stack(gradIh), tf.stack(gradHh), gradState, gradWeightOfStates(gradHh, before)];
  },
});

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

export type Nonlinearity = 'tanh' | 'relu';

export interface RnnAttributes extends RecurrentAttributes {
  readonly nonlinearity: Nonlinearity;
}

/**
 * A plain recurrent layer over a sequence, in one direction → output `[T, N, H]` and the last state `[N, H]`:
 * h′ = f(W_ih·x + b_ih + W_hh·h + b_hh), f being tanh or ReLU.
 */
export const rnn = defineOp<RecurrentInputs, RnnAttributes>({
  name: 'flambeau::rnn',
  outputs: 2,
  composed(inputs, { reverse, nonlinearity }) {
    const fromInput = inputGates(inputs);
    const outputs: Tensor[] = [];
    const activate = nonlinearity === 'tanh' ? tf.tanh : tf.relu;
    let state = inputs.h0;
    for (const step of stepOrder(fromInput.length, reverse)) {
      const where = present(inputs.lengths, step);
      const next = activate(tf.add(fromInput[step]!, hiddenGates(state, inputs)));
      outputs[step] = chooseOrZero(where, next);
      state = choose(where, next, state);
    }
    return [tf.stack(outputs), state];
  },
  saved: ({ input, h0, weightIh, weightHh, lengths }, [output]) =>
    [input, h0, weightIh, weightHh, output, lengths].filter((tensor) => tensor !== undefined),
  gradient(gradOutput, saved, attributes, [, gradHn]) {
    const [input, h0, weightIh, weightHh, output] = saved;
    const lengths: Tensor | undefined = saved[5];
    const [gradGates, gradH0, gradWeightHh] = rnnBackward(
      { gradOutput, gradHn, h0, weightHh, output, lengths },
      attributes,
    );
    return {
      ...gateGradients(gradGates, gradGates, input, weightIh),
      h0: () => gradH0,
      weightHh: () => gradWeightHh,
    };
  },
});

/**
 * {@link rnn} backwards through time → the gradients of the sums under f `[T, N, H]`, of `h0` and of `weightHh`: with g
 * the gradient of h′, ∂ = g·f′ (1 − h′² for tanh; 1 where h′ > 0 for ReLU) and ∂h = ∂·W_hh.
 */
export const rnnBackward = defineOp<
  { gradOutput: Tensor; gradHn: Tensor; h0: Tensor; weightHh: Tensor; output: Tensor; lengths?: Tensor },
  RnnAttributes
>({
  name: 'flambeau::rnn_backward',
  outputs: 3,
  composed({ gradOutput, gradHn, h0, weightHh, output, lengths }, { reverse, nonlinearity }) {
    const before = statesBefore(output, h0, lengths, reverse);
    const after = tf.unstack(output);
    const ofOutput = tf.unstack(gradOutput);
    const gradGates: Tensor[] = [];
    let gradState = gradHn;
    for (const step of stepOrder(after.length, !reverse)) {
      const where = present(lengths, step);
      const next = after[step]!;
      const slope = nonlinearity === 'tanh' ? tf.sub(1, tf.square(next)) : tf.cast(tf.greater(next, 0), 'float32');
      const gradient = tf.mul(tf.add(gradState, ofOutput[step]!), slope);
      gradGates[step] = chooseOrZero(where, gradient);
      gradState = choose(where, tf.matMul(gradGates[step]!, weightHh), gradState);
    }
    return [tf.stack(gradGates), gradState, gradWeightOfStates(gradGates, before)];
  },
});

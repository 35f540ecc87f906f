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

/** Inputs of {@link lstm}: two states, both `[N, H]`. */
export interface LstmInputs extends RecurrentInputs {
  readonly c0: Tensor;
}

/**
 * An LSTM over a sequence, in one direction → output `[T, N, H]`, the last states h and c `[N, H]`, and for the gradient
 * the gates i, f, g, o `[T, N, 4·H]` and the cells c `[T, N, H]` of every step:
 *
 * i, f, o = σ(W·x + b + W_h·h + b_h), g = tanh(the same), each with its own rows of the weights;
 * c′ = f·c + i·g, h′ = o·tanh(c′).
 */
export const lstm = defineOp<LstmInputs, RecurrentAttributes>({
  name: 'flambeau::lstm',
  outputs: 3,
  composed(inputs, { reverse }) {
    const fromInput = inputGates(inputs);
    const outputs: Tensor[] = [];
    const gates: Tensor[] = [];
    const cells: Tensor[] = [];
    let { h0: state, c0: cell } = inputs;
    for (const step of stepOrder(fromInput.length, reverse)) {
      const where = present(inputs.lengths, step);
      const next = cellForward('lstm', fromInput[step]!, hiddenGates(state, inputs), { hidden: state, cell });
      outputs[step] = chooseOrZero(where, next.hidden);
      cells[step] = chooseOrZero(where, next.cell!);
      gates[step] = next.gates;
      state = choose(where, next.hidden, state);
      cell = choose(where, next.cell!, cell);
    }
    return [tf.stack(outputs), state, cell, tf.stack(gates), tf.stack(cells)];
  },
  saved: ({ input, h0, c0, weightIh, weightHh, lengths }, [output, , , gates, cells]) =>
    [input, h0, c0, weightIh, weightHh, output, gates, cells, lengths].filter((tensor) => tensor !== undefined),
  gradient(gradOutput, saved, attributes, [, gradHn, gradCn]) {
    const [input, h0, c0, weightIh, weightHh, output, gates, cells] = saved;
    const lengths: Tensor | undefined = saved[8];
    const [gradGates, gradH0, gradC0, gradWeightHh] = lstmBackward(
      { gradOutput, gradHn, gradCn, h0, c0, weightHh, output, gates, cells, lengths },
      attributes,
    );
    return {
      ...gateGradients(gradGates, gradGates, input, weightIh),
      h0: () => gradH0,
      c0: () => gradC0,
      weightHh: () => gradWeightHh,
    };
  },
});

/**
 * {@link lstm} backwards through time → the gradients of the gates' sums `[T, N, 4·H]`, of `h0`, of `c0` and of
 * `weightHh`. Step by step as {@link cellBackward}, and ∂h = ∂gates·W_hh.
 */
export const lstmBackward = defineOp<
  {
    gradOutput: Tensor;
    gradHn: Tensor;
    gradCn: Tensor;
    h0: Tensor;
    c0: Tensor;
    weightHh: Tensor;
    output: Tensor;
    gates: Tensor;
    cells: Tensor;
    lengths?: Tensor;
  },
  RecurrentAttributes
>({
  name: 'flambeau::lstm_backward',
  outputs: 4,
  composed({ gradOutput, gradHn, gradCn, h0, c0, weightHh, output, gates, cells, lengths }, { reverse }) {
    const statesBeforeStep = statesBefore(output, h0, lengths, reverse);
    const cellsBeforeStep = statesBefore(cells, c0, lengths, reverse);
    const cellsAfterStep = tf.unstack(cells);
    const ofOutput = tf.unstack(gradOutput);
    const activations = tf.unstack(gates);
    const gradGates: Tensor[] = [];
    let [gradState, gradCell] = [gradHn, gradCn];
    for (const step of stepOrder(ofOutput.length, !reverse)) {
      const where = present(lengths, step);
      const gradient = { hidden: tf.add(gradState, ofOutput[step]!), cell: gradCell };
      const before = { hidden: statesBeforeStep[step]!, cell: cellsBeforeStep[step]! };
      const back = cellBackward('lstm', gradient, activations[step]!, before, cellsAfterStep[step]!);
      gradGates[step] = chooseOrZero(where, back.ofHidden);
      // The state is read through its map alone.
      gradState = choose(where, tf.matMul(gradGates[step]!, weightHh), gradState);
      gradCell = choose(where, back.state.cell!, gradCell);
    }
    return [tf.stack(gradGates), gradState, gradCell, gradWeightOfStates(gradGates, statesBeforeStep)];
  },
});

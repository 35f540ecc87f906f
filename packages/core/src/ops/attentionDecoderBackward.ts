import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { attendBackward, placesWithin, rowsWithin } from './attend.ts';
import { type AttentionDecoderAttributes, splitColumns } from './attentionDecoderAttributes.ts';
import { defineOp } from './op.ts';
import { type CellState, cellBackward } from './recurrentCell.ts';

/** Inputs of {@link attentionDecoderBackward}: those of the decoder, what it gave, and the gradients of that. */
export type AttentionDecoderBackwardInputs = {
  gradOutputs: Tensor;
  gradContexts: Tensor;
  gradWeights: Tensor;
  /** Of an LSTM, as `c0` and `cells`. */
  gradCells?: Tensor;
  embedded: Tensor;
  keys: Tensor;
  values: Tensor;
  lengths?: Tensor;
  h0: Tensor;
  c0?: Tensor;
  queryWeight: Tensor;
  scoreWeight: Tensor;
  weightIh: Tensor;
  weightHh: Tensor;
  outputs: Tensor;
  contexts: Tensor;
  weights: Tensor;
  cells?: Tensor;
  gates: Tensor;
  queries: Tensor;
};

/**
 * The gradients of the attention decoder by embedded, keys, values, h0, queryWeight, queryBias, scoreWeight, weightIh,
 * weightHh, biasIh, biasHh, and of an LSTM by c0.
 *
 * From the last step to the first: through the cell to its two maps, through the input's map to the context, through the
 * attention to the query, and so to the state before. The weights' gradients are products over all steps, afterwards.
 */
export const attentionDecoderBackward = defineOp<AttentionDecoderBackwardInputs, AttentionDecoderAttributes>({
  name: 'flambeau::attention_decoder_backward',
  outputs: 11,
  composed(inputs, { cell, contextFirst }) {
    const { embedded, h0, c0, queryWeight, scoreWeight, weightIh, weightHh, outputs, contexts } = inputs;
    const [batch, steps, width] = embedded.shape as number[];
    const within = placesWithin(inputs.lengths, inputs.keys.shape[1]!);
    const [keys, values] = [rowsWithin(inputs.keys, within), rowsWithin(inputs.values, within)];
    const parts = splitColumns(weightIh, width, contextFirst);
    const hiddenBefore = before(h0, outputs);
    const cellsBefore = c0 && before(c0, inputs.cells!);
    const { gradOutputs, gradContexts, gradWeights, gradCells, weights, gates, queries, cells } = inputs;
    const at = stepsOf(
      { gradOutputs, gradContexts, gradWeights, weights, gates, queries, hiddenBefore },
      { gradCells, cells, cellsBefore },
    );

    let gradient: CellState = { hidden: tf.zerosLike(h0), cell: c0 && tf.zerosLike(c0) };
    let [gradKeys, gradValues, gradScoreWeight] = [tf.zerosLike(keys), tf.zerosLike(values), tf.zerosLike(scoreWeight)];
    const [ofInputs, ofHiddens, ofQueries]: [Tensor[], Tensor[], Tensor[]] = [[], [], []];
    for (let step = steps - 1; step >= 0; step--) {
      const given = at(step);
      const arrived: CellState = {
        hidden: tf.add(gradient.hidden, given.gradOutputs),
        cell: gradient.cell && tf.add(gradient.cell, given.gradCells!),
      };
      const state = { hidden: given.hiddenBefore, cell: given.cellsBefore };
      const through = cellBackward(cell, arrived, given.gates, state, given.cells);
      const ofContext = tf.add(tf.matMul(through.ofInput, parts.context), given.gradContexts);
      const attended = attendBackward(
        { query: tf.expandDims(given.queries, 1), keys, values, scoreWeight },
        tf.expandDims(given.weights, 1),
        tf.expandDims(ofContext, 1),
        tf.expandDims(given.gradWeights, 1),
      );
      const ofQuery = tf.squeeze(attended.query, [1]);
      gradKeys = tf.add(gradKeys, attended.keys);
      gradValues = tf.add(gradValues, attended.values);
      gradScoreWeight = tf.add(gradScoreWeight, attended.scoreWeight);
      const throughMaps = tf.add(tf.matMul(through.ofHidden, weightHh), tf.matMul(ofQuery, queryWeight));
      gradient = { hidden: tf.add(through.state.hidden, throughMaps), cell: through.state.cell };
      ofInputs.unshift(through.ofInput);
      ofHiddens.unshift(through.ofHidden);
      ofQueries.unshift(ofQuery);
    }

    const [ofInput, ofHidden, ofQuery] = [ofInputs, ofHiddens, ofQueries].map((list) => rows(tf.stack(list, 1)));
    const read = [rows(embedded), rows(contexts)];
    return [
      tf.reshape(tf.matMul(ofInput, parts.embedded), [batch, steps, width]),
      gradKeys,
      gradValues,
      gradient.hidden,
      tf.matMul(ofQuery, rows(hiddenBefore), true),
      tf.sum(ofQuery, 0),
      gradScoreWeight,
      tf.matMul(ofInput, tf.concat(contextFirst ? read.reverse() : read, 1), true),
      tf.matMul(ofHidden, rows(hiddenBefore), true),
      tf.sum(ofInput, 0),
      tf.sum(ofHidden, 0),
      ...(gradient.cell === undefined ? [] : [gradient.cell]),
    ];
  },
});

/** The state before each step: `first`, and what every step but the last ended with. */
function before(first: Tensor, after: Tensor): Tensor {
  const [batch, steps, size] = after.shape as number[];
  return tf.concat([tf.expandDims(first, 1), tf.slice(after, [0, 0, 0], [batch, steps - 1, size])], 1);
}

/** Tensors `[N, T, …]` at one step. */
function stepsOf<Name extends string, Optional extends string>(
  tensors: Readonly<Record<Name, Tensor>>,
  optional: Readonly<Record<Optional, Tensor | undefined>>,
): (step: number) => Record<Name, Tensor> & Partial<Record<Optional, Tensor>> {
  const columns = Object.entries<Tensor | undefined>({ ...tensors, ...optional }).map(
    ([name, all]) => [name, all && tf.unstack(all, 1)] as const,
  );
  return (step) => Object.fromEntries(columns.map(([name, column]) => [name, column?.[step]])) as never;
}

const rows = (tensor: Tensor): Tensor => tf.reshape(tensor, [-1, tensor.shape[2]!]);

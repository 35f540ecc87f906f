import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { attend, placesWithin, rowsWithin } from './attend.ts';
import { type AttentionDecoderAttributes, splitColumns } from './attentionDecoderAttributes.ts';
import { attentionDecoderBackward } from './attentionDecoderBackward.ts';
import { defineOp } from './op.ts';
import { type CellState, cellForward } from './recurrentCell.ts';

/** Inputs of {@link attentionDecoder}; G is 3 for a GRU, 4 for an LSTM. */
export type AttentionDecoderInputs = {
  /** What was put out before each step, embedded: `[N, T, E]` */
  embedded: Tensor;
  /** `[N, S, A]` */
  keys: Tensor;
  /** `[N, S, C]` */
  values: Tensor;
  /** int32 `[N]`: how many of the S places of each row count. */
  lengths?: Tensor;
  /** `[N, H]` */
  h0: Tensor;
  /** `[N, H]`, of an LSTM */
  c0?: Tensor;
  /** `[A, H]` */
  queryWeight: Tensor;
  /** `[A]` */
  queryBias?: Tensor;
  /** `[A]` */
  scoreWeight: Tensor;
  /** `[1]`. It changes nothing, and its gradient is 0. */
  scoreBias?: Tensor;
  /** `[G · H, E + C]` */
  weightIh: Tensor;
  /** `[G · H, H]` */
  weightHh: Tensor;
  /** `[G · H]` */
  biasIh?: Tensor;
  /** `[G · H]` */
  biasHh?: Tensor;
};

/**
 * A recurrent decoder with additive attention over a whole sequence of given inputs → outputs `[N, T, H]`, contexts
 * `[N, T, C]`, weights `[N, T, S]`, of an LSTM (and only there) cells `[N, T, H]`, and for the gradient gates `[N, T, 4 · H]` as in
 * recurrentCell.ts and queries `[N, T, A]`. At step t, with the state s of the step before:
 *
 * q = W_q·s + b_q, c = Σ_j α_j·h_j with α = softmax_j(v·tanh(q + k_j)), s' = cell([x_t, c], s).
 */
export const attentionDecoder = defineOp<AttentionDecoderInputs, AttentionDecoderAttributes>({
  name: 'flambeau::attention_decoder',
  outputs: 3,
  composed(inputs, { cell, contextFirst }) {
    const { embedded, queryWeight, queryBias, scoreWeight, weightHh, biasIh, biasHh } = inputs;
    const [batch, steps, width] = embedded.shape as number[];
    const within = placesWithin(inputs.lengths, inputs.keys.shape[1]!);
    const [keys, values] = [rowsWithin(inputs.keys, within), rowsWithin(inputs.values, within)];
    const parts = splitColumns(inputs.weightIh, width, contextFirst);
    const ofEmbedded = tf.reshape(affine(tf.reshape(embedded, [-1, width]), parts.embedded, biasIh), [
      batch,
      steps,
      -1,
    ]);
    const made: Tensor[][] = [];
    let state: CellState = { hidden: inputs.h0, cell: inputs.c0 };
    for (const ofX of tf.unstack(ofEmbedded, 1)) {
      const query = affine(state.hidden, queryWeight, queryBias);
      const attending = { query: tf.expandDims(query, 1), keys, values, scoreWeight };
      const { context, weights } = attend(attending, within);
      const flat = tf.squeeze(context, [1]);
      const ofInput = tf.add(ofX, tf.matMul(flat, parts.context, false, true));
      const next = cellForward(cell, ofInput, affine(state.hidden, weightHh, biasHh), state);
      const cells = next.cell === undefined ? [] : [next.cell];
      made.push([next.hidden, flat, tf.squeeze(weights, [1]), ...cells, next.gates, query]);
      state = next;
    }
    return made[0].map((_, i) =>
      tf.stack(
        made.map((step) => step[i]),
        1,
      ),
    );
  },
  saved(inputs, outputs) {
    const { embedded, keys, values, h0, c0, queryWeight, scoreWeight, weightIh, weightHh, lengths } = inputs;
    const optional = [c0, lengths].filter((tensor) => tensor !== undefined);
    return [embedded, keys, values, h0, queryWeight, scoreWeight, weightIh, weightHh, ...outputs, ...optional];
  },
  gradient(gradOutputs, saved, attributes, [, gradContexts, gradWeights, gradCells]) {
    const [embedded, keys, values, h0, queryWeight, scoreWeight, weightIh, weightHh, ...rest] = saved;
    const [outputs, contexts, weights, ...more] = rest;
    const [cells, c0] = attributes.cell === 'lstm' ? [more.shift(), more.splice(2, 1)[0]] : [];
    const [gates, queries, lengths] = more;
    const gradients = attentionDecoderBackward(
      {
        ...{ gradOutputs, gradContexts, gradWeights, gradCells },
        ...{ embedded, keys, values, lengths, h0, c0, queryWeight, scoreWeight, weightIh, weightHh },
        ...{ outputs, contexts, weights, cells, gates, queries },
      },
      attributes,
      c0 === undefined ? 11 : 12,
    );
    const byName = (i: number) => () => gradients[i];
    return {
      ...{ embedded: byName(0), keys: byName(1), values: byName(2), h0: byName(3), c0: byName(11) },
      ...{ queryWeight: byName(4), queryBias: byName(5), scoreWeight: byName(6), scoreBias: () => tf.zeros([1]) },
      ...{ weightIh: byName(7), weightHh: byName(8), biasIh: byName(9), biasHh: byName(10) },
    };
  },
});

/** x·Wᵀ + b */
function affine(rows: Tensor, weight: Tensor, bias: Tensor | undefined): Tensor {
  const product = tf.matMul(rows, weight, false, true);
  return bias === undefined ? product : tf.add(product, bias);
}

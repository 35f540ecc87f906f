import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { attend, attendBackward, placesWithin, rowsWithin } from './attend.ts';
import { defineOp } from './op.ts';

/** Inputs of {@link additiveAttention}. */
export type AdditiveAttentionInputs = {
  /** `[N, T, A]` */
  query: Tensor;
  /** `[N, S, A]` */
  keys: Tensor;
  /** `[N, S, C]` */
  values: Tensor;
  /** v, `[A]` */
  scoreWeight: Tensor;
  /** Added to every score of a row alike, so it changes nothing; it is there for its gradient, which is 0. */
  scoreBias?: Tensor;
  /** int32 `[N]`: how many of the S places of each row count. */
  lengths?: Tensor;
};

/**
 * Additive attention: context `[N, T, C]` and weights `[N, T, S]`. For each step e_j = v·tanh(q + k_j),
 * α = softmax(e) over the places within the length, c = Σ_j α_j·h_j. Places beyond it have weight 0, get no gradient, and what stands
 * there is not read; a row of length 0 has context and weights 0.
 */
export const additiveAttention = defineOp<AdditiveAttentionInputs, object>({
  name: 'flambeau::additive_attention',
  outputs: 2,
  composed({ query, keys, values, scoreWeight, lengths }) {
    const within = placesWithin(lengths, keys.shape[1]!);
    const kept = { keys: rowsWithin(keys, within), values: rowsWithin(values, within) };
    const { context, weights } = attend({ query, ...kept, scoreWeight }, within);
    return [context, weights];
  },
  saved: ({ query, keys, values, scoreWeight, lengths }, [, weights]) => [
    ...[query, keys, values, scoreWeight, weights],
    ...(lengths === undefined ? [] : [lengths]),
  ],
  gradient(gradContext, [query, keys, values, scoreWeight, weights, lengths], _, [, gradWeights]) {
    const [ofQuery, ofKeys, ofValues, ofScoreWeight] = additiveAttentionBackward(
      { gradContext, gradWeights, query, keys, values, scoreWeight, weights, lengths },
      {},
    );
    return {
      query: () => ofQuery,
      keys: () => ofKeys,
      values: () => ofValues,
      scoreWeight: () => ofScoreWeight,
      scoreBias: () => tf.zeros([1]),
    };
  },
});

/** The gradients of {@link additiveAttention} by query, keys, values and score weight. */
export const additiveAttentionBackward = defineOp<
  {
    gradContext: Tensor;
    gradWeights: Tensor;
    query: Tensor;
    keys: Tensor;
    values: Tensor;
    scoreWeight: Tensor;
    weights: Tensor;
    lengths?: Tensor;
  },
  object
>({
  name: 'flambeau::additive_attention_backward',
  outputs: 4,
  composed({ gradContext, gradWeights, query, keys, values, scoreWeight, weights, lengths }) {
    const within = placesWithin(lengths, keys.shape[1]!);
    const kept = { keys: rowsWithin(keys, within), values: rowsWithin(values, within) };
    const gradients = attendBackward({ query, ...kept, scoreWeight }, weights, gradContext, gradWeights);
    return [gradients.query, gradients.keys, gradients.values, gradients.scoreWeight];
  },
});

/** As contract.ts, of the kernels that look at a sequence. N sequences, T steps, S places. */
import type { TensorInfo } from '@tensorflow/tfjs-core';

/**
 * → [context [N, T, C], weights [N, T, S]]: e_j = scoreWeight · tanh(query + keys[j]), weights = softmax(e) over the first `lengths[n]`
 * places, 0 beyond, context = Σ_j weights[j] · values[j]. `scoreBias` changes nothing.
 */
export interface AdditiveAttentionInputs {
  /** [N, T, A] */
  query: TensorInfo;
  /** [N, S, A] */
  keys: TensorInfo;
  /** [N, S, C] */
  values: TensorInfo;
  /** [A] */
  scoreWeight: TensorInfo;
  /** [1] */
  scoreBias?: TensorInfo;
  /** int32 [N] */
  lengths?: TensorInfo;
}

/** → the gradients of query, keys, values and scoreWeight. */
export interface AdditiveAttentionBackwardInputs extends Omit<AdditiveAttentionInputs, 'scoreBias'> {
  gradContext: TensorInfo;
  gradWeights: TensorInfo;
  weights: TensorInfo;
}

/**
 * → [outputs [N, T, H], contexts [N, T, C], weights [N, T, S], of an LSTM cells [N, T, H], gates [N, T, 4·H] (r, z, n, W_hn·h + b_hn; or
 * i, f, g, o), queries [N, T, A]]. At each step, with the state s before it: q = queryWeight·s + queryBias, the context as additive
 * attention gives it, and the next state as torch.nn.GRUCell or LSTMCell makes it of [embedded, context] and s.
 */
export interface AttentionDecoderInputs {
  /** [N, T, E] */
  embedded: TensorInfo;
  /** [N, S, A] */
  keys: TensorInfo;
  /** [N, S, C] */
  values: TensorInfo;
  /** int32 [N] */
  lengths?: TensorInfo;
  /** [N, H] */
  h0: TensorInfo;
  /** [N, H], of an LSTM */
  c0?: TensorInfo;
  /** [A, H] */
  queryWeight: TensorInfo;
  /** [A] */
  queryBias?: TensorInfo;
  /** [A] */
  scoreWeight: TensorInfo;
  /** [1] */
  scoreBias?: TensorInfo;
  /** [G·H, E + C], G being 3 of a GRU and 4 of an LSTM */
  weightIh: TensorInfo;
  /** [G·H, H] */
  weightHh: TensorInfo;
  /** [G·H] */
  biasIh?: TensorInfo;
  /** [G·H] */
  biasHh?: TensorInfo;
}
export interface AttentionDecoderAttributes {
  cell: 'gru' | 'lstm';
  /** The columns of `weightIh` begin with the context's. */
  contextFirst: boolean;
}

/**
 * → the gradients of embedded, keys, values, h0, queryWeight, queryBias, scoreWeight, weightIh, weightHh, biasIh, biasHh, and of an LSTM
 * c0.
 */
export interface AttentionDecoderBackwardInputs
  extends Omit<AttentionDecoderInputs, 'queryBias' | 'scoreBias' | 'biasIh' | 'biasHh'> {
  gradOutputs: TensorInfo;
  gradContexts: TensorInfo;
  gradWeights: TensorInfo;
  /** Of an LSTM, as `cells`. */
  gradCells?: TensorInfo;
  outputs: TensorInfo;
  contexts: TensorInfo;
  weights: TensorInfo;
  cells?: TensorInfo;
  gates: TensorInfo;
  queries: TensorInfo;
}

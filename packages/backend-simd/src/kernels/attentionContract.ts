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

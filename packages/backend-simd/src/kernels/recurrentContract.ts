/** As contract.ts, of recurrent layers over a sequence, in one direction. T steps, N sequences, I features, H units, G gates. */
import type { TensorInfo } from '@tensorflow/tfjs-core';

/**
 * → [output [T, N, H], hn [N, H]], of an LSTM also cn [N, H], then, unless it is a plain layer, gates [T, N, 4 · H] (r, z, n and W_hn·h
 * + b_hn, or i, f, g, o), and of an LSTM cells [T, N, H]. Behind the end of a sequence the state stays and all else is 0.
 */
export interface RecurrentInputs {
  /** [T, N, I] */
  input: TensorInfo;
  /** [N, H] */
  h0: TensorInfo;
  /** [N, H], of an LSTM */
  c0?: TensorInfo;
  /** [G · H, I] */
  weightIh: TensorInfo;
  /** [G · H, H] */
  weightHh: TensorInfo;
  /** [G · H] */
  biasIh?: TensorInfo;
  /** [G · H] */
  biasHh?: TensorInfo;
  /** int32 [N] */
  lengths?: TensorInfo;
}

export interface RecurrentAttributes {
  /** From the last step to the first. */
  reverse: boolean;
}

export interface RnnAttributes extends RecurrentAttributes {
  nonlinearity: 'tanh' | 'relu';
}

/**
 * → the gradients of x·W_ihᵀ and (GRU alone; elsewhere they are the same) of h·W_hhᵀ, [T, N, G · H]; of h0; of c0 (LSTM alone); of
 * weightHh.
 */
export interface RecurrentBackwardInputs {
  gradOutput: TensorInfo;
  gradHn: TensorInfo;
  /** Of an LSTM. */
  gradCn?: TensorInfo;
  h0: TensorInfo;
  /** Of an LSTM. */
  c0?: TensorInfo;
  weightHh: TensorInfo;
  output: TensorInfo;
  /** Not of a plain layer. */
  gates?: TensorInfo;
  /** Of an LSTM. */
  cells?: TensorInfo;
  lengths?: TensorInfo;
}

import { backendOf, nn, type Tensor } from '@flambeau/core';
import * as tf from '@tensorflow/tfjs-core';

/** The recurrent cells that encoders and decoders are made of. */
export type RecurrentCell = 'gru' | 'lstm';

/** What a recurrent layer remembers: `[layers · directions, N, H]`, as in PyTorch. */
export interface RecurrentState {
  readonly hidden: Tensor;
  /** An LSTM's cell, and only an LSTM's. */
  readonly cell?: Tensor;
}

/** A GRU or an LSTM. */
export type RecurrentLayer = nn.GRU | nn.LSTM;

export interface RecurrentLayerOptions extends nn.ModuleOptions {
  readonly numLayers?: number;
  readonly bidirectional?: boolean;
  /** Between layers. */
  readonly dropout?: number;
}

/** A recurrent layer over `[N, T, I]`. */
export function createRecurrent(
  cell: RecurrentCell,
  inputSize: number,
  hiddenSize: number,
  options: RecurrentLayerOptions,
): RecurrentLayer {
  const filled = { ...options, batchFirst: true };
  switch (cell) {
    case 'gru':
      return new nn.GRU(inputSize, hiddenSize, filled);
    case 'lstm':
      return new nn.LSTM(inputSize, hiddenSize, filled);
    default:
      throw new RangeError(`expected cell 'gru' or 'lstm', got '${cell}'`);
  }
}

/** The rows of each sequence's state, such as those of the hypotheses that live on. */
export function takeState({ hidden, cell }: RecurrentState, rows: Tensor): RecurrentState {
  const take = (state: Tensor) => backendOf(state).run(() => tf.gather(state, rows as tf.Tensor1D, 1));
  return { hidden: take(hidden), ...(cell && { cell: take(cell) }) };
}

/**
 * Runs a recurrent layer over `[N, T, I]`.
 *
 * @param state - what it begins with; null for zeros
 * @param lengths - how many steps of each row count, int32 `[N]`; null: all
 */
export function runRecurrent(
  layer: RecurrentLayer,
  input: Tensor,
  state: RecurrentState | null,
  lengths: Tensor | null,
): { outputs: Tensor; state: RecurrentState } {
  const options = lengths === null ? {} : { lengths };
  if (layer instanceof nn.GRU) {
    const [outputs, hidden] = layer.forward(input, state?.hidden, options);
    return { outputs, state: { hidden } };
  }
  const [outputs, [hidden, cell]] = layer.forward(input, state && [state.hidden, state.cell!], options);
  return { outputs, state: { hidden, cell } };
}

import { backendOf, functional as F, nn, type Tensor } from '@flambeau/core';
import * as tf from '@tensorflow/tfjs-core';
import type { RecurrentCell, RecurrentState } from '../encoders/recurrentState.ts';

/** Which directions of an encoder a decoder's first state is made of. */
export type BridgeFrom = 'both' | 'backward';

/** Options of {@link Bridge}. */
export interface BridgeOptions extends nn.ModuleOptions {
  /** Directions of the encoder. Default 1. */
  readonly directions?: number;
  /** Layers of the decoder; the encoder has at least as many, of which the top ones count. Default 1. */
  readonly numLayers?: number;
  readonly cell?: RecurrentCell;
  /** The paper takes the backward direction alone, which has read the first word last. Default `'both'`. */
  readonly from?: BridgeFrom;
}

/**
 * Makes a decoder's first state of an encoder's last one where the two differ in size or directions:
 * s₀ = tanh(W [h_forward; h_backward] + b), layer by layer; of an LSTM's cell W' [c; c] + b'.
 *
 * Shape: `[layers · directions, N, encoderSize]` → `[numLayers, N, decoderSize]`.
 *
 * Attributes: `hidden` and, for an LSTM, `cell`, both Linear(directions · encoderSize→decoderSize).
 *
 * Source: Bahdanau, Cho, Bengio, arXiv 1409.0473, A.2.2.
 */
export class Bridge extends nn.Module {
  readonly directions: number;
  readonly numLayers: number;
  readonly from: BridgeFrom;
  hidden: nn.Linear;
  cell: nn.Linear | null;

  constructor(encoderSize: number, decoderSize: number, options: BridgeOptions = {}) {
    super();
    const { directions = 1, numLayers = 1, cell = 'gru', from = 'both', backend } = options;
    this.directions = directions;
    this.numLayers = numLayers;
    this.from = from;
    const width = from === 'both' ? directions * encoderSize : encoderSize;
    this.hidden = new nn.Linear(width, decoderSize, { backend });
    this.cell = cell === 'lstm' ? new nn.Linear(width, decoderSize, { backend }) : null;
  }

  forward(state: RecurrentState): RecurrentState {
    return backendOf(state.hidden).run(() => ({
      hidden: F.tanh(this.hidden.forward(this.sides(state.hidden))),
      ...(this.cell && { cell: this.cell.forward(this.sides(state.cell!)) }),
    }));
  }

  /** The directions of the top layers side by side, `[numLayers, N, width]`. */
  private sides(state: Tensor): Tensor {
    const { directions, numLayers } = this;
    const [rows, batch, size] = state.shape as [number, number, number];
    const top = tf.slice(state, [rows - directions * numLayers, 0, 0], [-1, -1, -1]);
    if (directions === 1) return top;
    const apart = tf.unstack(tf.reshape(top, [numLayers, directions, batch, size]), 1);
    return this.from === 'both' ? tf.concat(apart, 2) : apart[directions - 1]!;
  }
}

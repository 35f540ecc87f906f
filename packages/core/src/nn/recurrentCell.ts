import type { Tensor } from '@tensorflow/tfjs-core';
import type { LstmState, Nonlinearity } from '../functional/recurrent.ts';
import * as F from '../functional/recurrentCell.ts';
import { uniform } from '../init/initializers.ts';
import { Module, type ModuleOptions } from './module.ts';
import { Parameter } from './parameter.ts';
import { checkNonlinearity, checkSizes } from './recurrent.ts';

export interface RecurrentCellOptions extends ModuleOptions {
  /** Whether there are two biases. Default true. */
  readonly bias?: boolean;
}

/** What {@link RNNCell}, {@link GRUCell} and {@link LSTMCell} have in common: their weights, and how these are drawn. */
abstract class RecurrentCell extends Module {
  readonly inputSize: number;
  readonly hiddenSize: number;
  weightIh: Parameter;
  weightHh: Parameter;
  biasIh: Parameter | null;
  biasHh: Parameter | null;

  constructor(gates: number, inputSize: number, hiddenSize: number, { bias = true, backend }: RecurrentCellOptions) {
    super();
    checkSizes(this.constructor.name, { inputSize, hiddenSize });
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    const rows = gates * hiddenSize;
    const draw = uniform(-1 / Math.sqrt(hiddenSize), 1 / Math.sqrt(hiddenSize));
    this.weightIh = new Parameter(draw([rows, inputSize]), { backend });
    this.weightHh = new Parameter(draw([rows, hiddenSize]), { backend });
    this.biasIh = bias ? new Parameter(draw([rows]), { backend }) : null;
    this.biasHh = bias ? new Parameter(draw([rows]), { backend }) : null;
  }

  override extraRepr(): string {
    return `${this.inputSize}, ${this.hiddenSize}${this.biasIh === null ? ', bias=false' : ''}`;
  }
}

export interface RNNCellOptions extends RecurrentCellOptions {
  /** Default `'tanh'`. */
  readonly nonlinearity?: Nonlinearity;
}

/**
 * One step of a plain recurrent network: h′ = f(W_ih·x + b_ih + W_hh·h + b_hh).
 *
 * Shape: input `[N, inputSize]` or `[inputSize]`, state `[N, hiddenSize]` or `[hiddenSize]`, none meaning zeros → the next
 * state, as the state.
 *
 * Attributes: weightIh `[hiddenSize, inputSize]`, weightHh `[hiddenSize, hiddenSize]`, biasIh and biasHh `[hiddenSize]`,
 * all from U(−√k, √k), k = 1/hiddenSize.
 *
 * @example
 * ```ts
 * const cell = new nn.RNNCell(10, 20);
 * let state = cell.forward(x); // [3, 10] → [3, 20]
 * state = cell.forward(y, state);
 * ```
 */
export class RNNCell extends RecurrentCell {
  readonly nonlinearity: Nonlinearity;

  constructor(inputSize: number, hiddenSize: number, options: RNNCellOptions = {}) {
    const { nonlinearity = 'tanh' } = options;
    checkNonlinearity('RNNCell', nonlinearity);
    super(1, inputSize, hiddenSize, options);
    this.nonlinearity = nonlinearity;
  }

  forward(input: Tensor, state?: Tensor | null): Tensor {
    return F.rnnCell(input, state, this.weightIh, this.weightHh, this.biasIh, this.biasHh, this);
  }

  override extraRepr(): string {
    return super.extraRepr() + (this.nonlinearity === 'tanh' ? '' : `, nonlinearity=${this.nonlinearity}`);
  }
}

/**
 * One step of a GRU; {@link F.gruCell} computes it.
 *
 * Shape: as {@link RNNCell}. Attributes: as {@link RNNCell}, 3·hiddenSize rows: gates r, z, n.
 *
 * @example
 * ```ts
 * new nn.GRUCell(10, 20).forward(x, state).shape; // [3, 20]
 * ```
 */
export class GRUCell extends RecurrentCell {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentCellOptions = {}) {
    super(3, inputSize, hiddenSize, options);
  }

  forward(input: Tensor, state?: Tensor | null): Tensor {
    return F.gruCell(input, state, this.weightIh, this.weightHh, this.biasIh, this.biasHh, this);
  }
}

/**
 * One step of an LSTM; {@link F.lstmCell} computes it.
 *
 * Shape: as {@link RNNCell}, with two states: `[h, c]` → `[h, c]`. Attributes: as {@link RNNCell}, 4·hiddenSize rows: gates
 * i, f, g, o.
 *
 * @example
 * ```ts
 * const [h, c] = new nn.LSTMCell(10, 20).forward(x, [h0, c0]);
 * ```
 */
export class LSTMCell extends RecurrentCell {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentCellOptions = {}) {
    super(4, inputSize, hiddenSize, options);
  }

  forward(input: Tensor, states?: LstmState | null): LstmState {
    return F.lstmCell(input, states, this.weightIh, this.weightHh, this.biasIh, this.biasHh, this);
  }
}

import type { Tensor } from '@tensorflow/tfjs-core';
import { checkProbability } from '../functional/dropout.ts';
import type { PackedSequence } from '../functional/packedSequence.ts';
import * as F from '../functional/recurrent.ts';
import type { SequenceInput } from '../functional/recurrentStack.ts';
import { uniform } from '../init/initializers.ts';
import { Module, type ModuleOptions } from './module.ts';
import { Parameter } from './parameter.ts';

export interface RecurrentLayerOptions extends ModuleOptions {
  /** How many layers, each reading the outputs of the one below. Default 1. */
  readonly numLayers?: number;
  /** Whether there are two biases a layer and direction. Default true. */
  readonly bias?: boolean;
  /** Whether input and output are `[N, T, *]` rather than `[T, N, *]`; the states are not concerned. Default false. */
  readonly batchFirst?: boolean;
  /** The probability of dropout on the outputs of every layer but the last, while training. Default 0. */
  readonly dropout?: number;
  /** Whether each layer reads the sequence backwards, too. Default false. */
  readonly bidirectional?: boolean;
}

/** What a call of a recurrent layer may be told besides its input and states. */
export type SequenceOptions = Pick<F.RecurrentOptions, 'lengths'>;

/** A weight's field: `weightIhL0`, `biasHhL1Reverse`. */
type WeightName = `${'weight' | 'bias'}${'Ih' | 'Hh'}L${number}${'' | 'Reverse'}`;

/** What {@link RNN}, {@link GRU} and {@link LSTM} have in common: their weights, and how these are named and drawn. */
abstract class RecurrentLayer extends Module {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bias: boolean;
  readonly batchFirst: boolean;
  readonly dropout: number;
  readonly bidirectional: boolean;
  /** The weights by PyTorch's names, in its order; without bias there are no fields for one. */
  [weight: WeightName]: Parameter;

  constructor(gates: number, inputSize: number, hiddenSize: number, options: RecurrentLayerOptions) {
    super();
    const { numLayers = 1, bias = true, batchFirst = false, dropout = 0, bidirectional = false, backend } = options;
    if ((options as { projSize?: number }).projSize) {
      throw new RangeError(`${this.constructor.name}: projSize is not supported`);
    }
    checkSizes(this.constructor.name, { inputSize, hiddenSize, numLayers });
    checkProbability(dropout);
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.bias = bias;
    this.batchFirst = batchFirst;
    this.dropout = dropout;
    this.bidirectional = bidirectional;
    const rows = gates * hiddenSize;
    const draw = uniform(-1 / Math.sqrt(hiddenSize), 1 / Math.sqrt(hiddenSize));
    for (let layer = 0; layer < numLayers; layer++) {
      const features = layer === 0 ? inputSize : hiddenSize * (bidirectional ? 2 : 1);
      for (const [weightIh, weightHh, biasIh, biasHh] of this.weightNames(layer)) {
        this[weightIh] = new Parameter(draw([rows, features]), { backend });
        this[weightHh] = new Parameter(draw([rows, hiddenSize]), { backend });
        if (!bias) continue;
        this[biasIh] = new Parameter(draw([rows]), { backend });
        this[biasHh] = new Parameter(draw([rows]), { backend });
      }
    }
  }

  /** The fields of one layer's weights, a list a direction. */
  private weightNames(layer: number): WeightName[][] {
    const suffixes = this.bidirectional ? (['', 'Reverse'] as const) : ([''] as const);
    return suffixes.map((suffix) => [
      `weightIhL${layer}${suffix}`,
      `weightHhL${layer}${suffix}`,
      `biasIhL${layer}${suffix}`,
      `biasHhL${layer}${suffix}`,
    ]);
  }

  /** The weights in PyTorch's order, as the functional twins take them. */
  get flatWeights(): Parameter[] {
    const layers = Array.from({ length: this.numLayers }, (_, layer) => this.weightNames(layer));
    return layers.flat(2).flatMap((name) => this[name] ?? []);
  }

  /** What the functional twin is told. */
  protected functionalOptions(options: SequenceOptions): F.RecurrentOptions {
    const { numLayers, bias, batchFirst, dropout, bidirectional, training, label } = this;
    return { ...options, numLayers, hasBiases: bias, batchFirst, dropout, bidirectional, training, label };
  }

  override extraRepr(): string {
    const { inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional } = this;
    const rest = [
      numLayers !== 1 && `numLayers=${numLayers}`,
      !bias && 'bias=false',
      batchFirst && 'batchFirst=true',
      dropout !== 0 && `dropout=${dropout}`,
      bidirectional && 'bidirectional=true',
    ];
    return [inputSize, hiddenSize, ...rest.filter((part) => part !== false)].join(', ');
  }
}

export interface RNNOptions extends RecurrentLayerOptions {
  /** Default `'tanh'`. */
  readonly nonlinearity?: F.Nonlinearity;
}

/**
 * A plain recurrent network over a sequence; {@link F.rnn} has the formula.
 *
 * Shape: input `[T, N, inputSize]` (`[N, T, inputSize]` if `batchFirst`), `[T, inputSize]` for one sequence, or a
 * `PackedSequence`; h0 `[L·D, N, hiddenSize]`, none meaning zeros → `[output, hn]`, the output with D·hiddenSize
 * features, hn as h0. L layers; D = 2 directions if bidirectional, else 1.
 *
 * Attributes: weightIhL0 `[hiddenSize, inputSize]` (`[hiddenSize, D·hiddenSize]` in the layers above), weightHhL0
 * `[hiddenSize, hiddenSize]`, biasIhL0 and biasHhL0 `[hiddenSize]`; L1, L2, … in the layers above, and `Reverse` at the end
 * for the way back. All from U(−√k, √k), k = 1/hiddenSize.
 *
 * @example
 * ```ts
 * const [output, hn] = new nn.RNN(10, 20, { numLayers: 2 }).forward(x); // x [5, 3, 10]
 * output.shape; // [5, 3, 20]
 * hn.shape; // [2, 3, 20]
 * ```
 */
export class RNN extends RecurrentLayer {
  readonly nonlinearity: F.Nonlinearity;

  constructor(inputSize: number, hiddenSize: number, options: RNNOptions = {}) {
    const { nonlinearity = 'tanh' } = options;
    checkNonlinearity('RNN', nonlinearity);
    super(1, inputSize, hiddenSize, options);
    this.nonlinearity = nonlinearity;
  }

  forward(input: Tensor, h0?: Tensor | null, options?: SequenceOptions): [Tensor, Tensor];
  forward(input: PackedSequence, h0?: Tensor | null): [PackedSequence, Tensor];
  forward(input: SequenceInput, h0?: Tensor | null, options: SequenceOptions = {}): [SequenceInput, Tensor] {
    const { nonlinearity } = this;
    return F.rnn(input as Tensor, h0, this.flatWeights, { ...this.functionalOptions(options), nonlinearity });
  }

  override extraRepr(): string {
    return super.extraRepr() + (this.nonlinearity === 'tanh' ? '' : `, nonlinearity=${this.nonlinearity}`);
  }
}

/**
 * A GRU over a sequence; {@link F.gru} has the formula.
 *
 * Shape: as {@link RNN}.
 *
 * Attributes: as {@link RNN}, with the rows of the gates r, z and n one below the other: weightIhL0
 * `[3·hiddenSize, inputSize]`, weightHhL0 `[3·hiddenSize, hiddenSize]`, biases `[3·hiddenSize]`.
 *
 * @example
 * ```ts
 * const gru = new nn.GRU(128, 128, { batchFirst: true });
 * const [output, hn] = gru.forward(embedded, null, { lengths: [10, 7, 3] }); // embedded [3, 10, 128]
 * hn.shape; // [1, 3, 128]: of each sequence the state after its own last step
 * ```
 */
export class GRU extends RecurrentLayer {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentLayerOptions = {}) {
    super(3, inputSize, hiddenSize, options);
  }

  forward(input: Tensor, h0?: Tensor | null, options?: SequenceOptions): [Tensor, Tensor];
  forward(input: PackedSequence, h0?: Tensor | null): [PackedSequence, Tensor];
  forward(input: SequenceInput, h0?: Tensor | null, options: SequenceOptions = {}): [SequenceInput, Tensor] {
    return F.gru(input as Tensor, h0, this.flatWeights, this.functionalOptions(options));
  }
}

/**
 * An LSTM over a sequence; {@link F.lstm} has the formula.
 *
 * Shape: as {@link RNN}, with two states: `[h0, c0]` → `[output, [hn, cn]]`.
 *
 * Attributes: as {@link RNN}, with the rows of the gates i, f, g and o one below the other: weightIhL0
 * `[4·hiddenSize, inputSize]`, weightHhL0 `[4·hiddenSize, hiddenSize]`, biases `[4·hiddenSize]`.
 *
 * @example
 * ```ts
 * const [output, [hn, cn]] = new nn.LSTM(10, 20, { bidirectional: true }).forward(x); // x [5, 3, 10]
 * output.shape; // [5, 3, 40]
 * cn.shape; // [2, 3, 20]
 * ```
 */
export class LSTM extends RecurrentLayer {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentLayerOptions = {}) {
    super(4, inputSize, hiddenSize, options);
  }

  forward(input: Tensor, states?: F.LstmState | null, options?: SequenceOptions): [Tensor, F.LstmState];
  forward(input: PackedSequence, states?: F.LstmState | null): [PackedSequence, F.LstmState];
  forward(
    input: SequenceInput,
    states?: F.LstmState | null,
    options: SequenceOptions = {},
  ): [SequenceInput, F.LstmState] {
    return F.lstm(input as Tensor, states, this.flatWeights, this.functionalOptions(options));
  }
}

/** Throws unless all sizes are whole and positive. */
export function checkSizes(label: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size < 1) {
      throw new RangeError(`${label}: expected ${name} to be whole and at least 1, got ${size}`);
    }
  }
}

/** Throws unless there is such a nonlinearity. */
export function checkNonlinearity(label: string, nonlinearity: string): void {
  if (nonlinearity !== 'tanh' && nonlinearity !== 'relu') {
    throw new RangeError(`${label}: expected nonlinearity 'tanh' or 'relu', got '${nonlinearity}'`);
  }
}

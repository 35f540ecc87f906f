import { nn, type Tensor } from '@flambeau/core';
import {
  createRecurrent,
  type RecurrentCell,
  type RecurrentLayer,
  type RecurrentState,
  runRecurrent,
} from './recurrentState.ts';

/** Options of {@link Encoder}. */
export interface EncoderOptions extends nn.ModuleOptions {
  /** Default `'gru'`. */
  readonly cell?: RecurrentCell;
  /** The width of the words' vectors. Default: the hidden size, as in PyTorch's tutorial. */
  readonly embeddingSize?: number;
  /** Default 1. */
  readonly numLayers?: number;
  /** Whether a second network reads the sentence from its end, so that each state knows both sides. Default false. */
  readonly bidirectional?: boolean;
  /** Of the words' vectors and between layers. Default 0.1. */
  readonly dropout?: number;
}

/** A source that has been read. */
export interface Encoded {
  /** The top layer's states h, `[N, S, directions · H]`, 0 beyond each row's length. */
  readonly outputs: Tensor;
  /** The state after each row's own last word, `[layers · directions, N, H]`. */
  readonly state: RecurrentState;
  readonly lengths: Tensor | null;
}

/**
 * Reads a source: its words as vectors, and a GRU or LSTM over them.
 *
 * Shape: source int32 `[N, S]`, lengths int32 `[N]` or null for all → {@link Encoded}. A row's result does not depend on
 * what fills it up.
 *
 * Attributes: `embedding`, and `gru` or `lstm`: the names of PyTorch's tutorial (`EncoderRNN`), whose state dict loads.
 *
 * @param inputSize - how many words the source's vocabulary has.
 * @param hiddenSize - H.
 *
 * @example
 * ```ts
 * const encoder = new Encoder(4601, 128);
 * encoder.forward(source, lengths).outputs.shape; // [32, 10, 128]
 * ```
 */
export class Encoder extends nn.Module {
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bidirectional: boolean;
  readonly cell: RecurrentCell;
  embedding: nn.Embedding;
  rnn: RecurrentLayer;
  dropout: nn.Dropout;

  constructor(inputSize: number, hiddenSize: number, options: EncoderOptions = {}) {
    super();
    const { cell = 'gru', embeddingSize = hiddenSize, numLayers = 1, bidirectional = false, dropout = 0.1 } = options;
    const { backend } = options;
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.bidirectional = bidirectional;
    this.cell = cell;
    this.embedding = new nn.Embedding(inputSize, embeddingSize, { backend });
    this.rnn = createRecurrent(cell, embeddingSize, hiddenSize, {
      numLayers,
      bidirectional,
      dropout: numLayers > 1 ? dropout : 0,
      backend,
    });
    this.dropout = new nn.Dropout(dropout);
  }

  /** The width of the states: 2·H if it reads both ways. */
  get outputSize(): number {
    return this.bidirectional ? 2 * this.hiddenSize : this.hiddenSize;
  }

  forward(source: Tensor, lengths: Tensor | null = null): Encoded {
    const embedded = this.dropout.forward(this.embedding.forward(source));
    return { ...runRecurrent(this.rnn, embedded, null, lengths), lengths };
  }

  /** PyTorch's tutorial calls the layer by its kind. */
  protected override stateKeyOf(name: string): string {
    return name === 'rnn' ? this.cell : super.stateKeyOf(name);
  }
}

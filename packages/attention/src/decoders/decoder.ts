import { functional as F, nn, type Tensor } from '@flambeau/core';
import {
  createRecurrent,
  type RecurrentCell,
  type RecurrentLayer,
  type RecurrentState,
  runRecurrent,
} from '../encoders/recurrentState.ts';
import { embedSteps } from './embedSteps.ts';
import type { Decoded, SequenceDecoder } from './sequenceDecoder.ts';

/** Options that all decoders have. */
export interface DecoderOptions extends nn.ModuleOptions {
  /** Default `'gru'`. */
  readonly cell?: RecurrentCell;
  /** The width of the words' vectors. Default: the hidden size, as in PyTorch's tutorial. */
  readonly embeddingSize?: number;
}

/** Options of {@link Decoder}. */
export interface PlainDecoderOptions extends DecoderOptions {
  /** Default 1. */
  readonly numLayers?: number;
  /** Of the words' vectors and between layers. Default 0: PyTorch's tutorial has none here. */
  readonly dropout?: number;
}

/**
 * A decoder without attention: all that it knows of the source is the state that it begins with.
 *
 * Shape: input int32 `[N, T]`, state `[layers, N, H]` → logits `[N, T, V]`.
 *
 * Attributes: `embedding`, followed by ReLU, `gru` or `lstm`, `out` Linear(H→V): PyTorch's tutorial's (`DecoderRNN`), whose
 * state dict loads.
 *
 * @param hiddenSize - H.
 * @param outputSize - V, how many words the target's vocabulary has.
 *
 * @example
 * ```ts
 * const decoder = new Decoder(128, 2803);
 * decoder.forward(input, encoder.forward(source, lengths).state).logits.shape; // [32, 10, 2803]
 * ```
 */
export class Decoder extends nn.Module implements SequenceDecoder {
  readonly hiddenSize: number;
  readonly outputSize: number;
  readonly numLayers: number;
  readonly cell: RecurrentCell;
  embedding: nn.Embedding;
  rnn: RecurrentLayer;
  out: nn.Linear;
  dropout: nn.Dropout;

  constructor(hiddenSize: number, outputSize: number, options: PlainDecoderOptions = {}) {
    super();
    const { cell = 'gru', embeddingSize = hiddenSize, numLayers = 1, dropout = 0, backend } = options;
    this.hiddenSize = hiddenSize;
    this.outputSize = outputSize;
    this.numLayers = numLayers;
    this.cell = cell;
    this.embedding = new nn.Embedding(outputSize, embeddingSize, { backend });
    this.rnn = createRecurrent(cell, embeddingSize, hiddenSize, {
      numLayers,
      dropout: numLayers > 1 ? dropout : 0,
      backend,
    });
    this.out = new nn.Linear(hiddenSize, outputSize, { backend });
    this.dropout = new nn.Dropout(dropout);
  }

  memory(): null {
    return null;
  }

  forward(input: Tensor, state: RecurrentState): Decoded {
    const embedded = F.relu(embedSteps(this.embedding, this.dropout, input));
    const { outputs, state: last } = runRecurrent(this.rnn, embedded, state, null);
    return { logits: this.out.forward(outputs), state: last, weights: null };
  }

  /** PyTorch's tutorial calls the layer by its kind. */
  protected override stateKeyOf(name: string): string {
    return name === 'rnn' ? this.cell : super.stateKeyOf(name);
  }
}

import { backendOf, functional as F, nn, type Tensor } from '@flambeau/core';
import * as tf from '@tensorflow/tfjs-core';
import { BahdanauAttention } from '../attention/bahdanauAttention.ts';
import type { Memory } from '../attention/memory.ts';
import type { Encoded } from '../encoders/encoder.ts';
import {
  createRecurrent,
  type RecurrentCell,
  type RecurrentLayer,
  type RecurrentState,
} from '../encoders/recurrentState.ts';
import type { DecoderOptions } from './decoder.ts';
import { embedSteps } from './embedSteps.ts';
import type { Decoded, SequenceDecoder } from './sequenceDecoder.ts';

/** What the words are read off: the state alone, or the paper's deep output. */
export type Arrangement = 'notes' | 'paper';

/** Options of {@link BahdanauDecoder}. */
export interface BahdanauDecoderOptions extends DecoderOptions {
  /** The width C of the encoder's states. Default: the hidden size. */
  readonly valueSize?: number;
  /** Default `'notes'`. */
  readonly arrangement?: Arrangement;
  /** Of the words' vectors and, in the paper's arrangement, of what the words are read off. Default 0.1. */
  readonly dropout?: number;
}

/**
 * A decoder with Bahdanau's attention. At each step, with the state s_{i−1} of the step before and the encoder's states h:
 *
 * c_i = Σ_j α_ij·h_j, α_i = softmax(v·tanh(W·s_{i−1} + U·h_j)); s_i = cell([E y_{i−1}; c_i], s_{i−1}).
 *
 * Then, in the arrangement of the notes and of PyTorch's tutorial, logits = O·s_i + b; in the paper's, a maxout layer reads
 * the state, the word before and the context: t = maxout(R [s_i; E y_{i−1}; c_i]), logits = O·t + b, and the attention's maps
 * have no biases.
 *
 * Shape: input int32 `[N, T]`, state `[1, N, H]` → logits `[N, T, V]`, weights `[N, T, S]`. Several steps are one
 * operation, with a gradient derived by hand.
 *
 * Attributes: `embedding`, `attention` ({@link BahdanauAttention}), `gru` or `lstm`, `readout` Linear(H+E+C→2H) in the paper's
 * arrangement, `out` Linear(H→V). In the notes' arrangement these are PyTorch's tutorial's (`AttnDecoderRNN`), whose state
 * dict loads.
 *
 * @param hiddenSize - H.
 * @param outputSize - V, how many words the target's vocabulary has.
 *
 * @example
 * ```ts
 * const decoder = new BahdanauDecoder(128, 2803);
 * const encoded = encoder.forward(source, lengths);
 * decoder.forward(input, encoded.state, decoder.memory(encoded)).weights.shape; // [32, 10, 12]
 * ```
 *
 * Source: Bahdanau, Cho, Bengio, arXiv 1409.0473, sections 3.1 and A.2 (with s_i where A.2.2 has s_{i−1}, as in its equation 4).
 */
export class BahdanauDecoder extends nn.Module implements SequenceDecoder {
  readonly hiddenSize: number;
  readonly outputSize: number;
  readonly numLayers = 1;
  readonly cell: RecurrentCell;
  readonly arrangement: Arrangement;
  embedding: nn.Embedding;
  attention: BahdanauAttention;
  rnn: RecurrentLayer;
  readout: nn.Linear | null;
  out: nn.Linear;
  dropout: nn.Dropout;

  constructor(hiddenSize: number, outputSize: number, options: BahdanauDecoderOptions = {}) {
    super();
    const { cell = 'gru', embeddingSize = hiddenSize, valueSize = hiddenSize, arrangement = 'notes' } = options;
    const { dropout = 0.1, backend } = options;
    if (arrangement !== 'notes' && arrangement !== 'paper') {
      throw new RangeError(`BahdanauDecoder: expected arrangement 'notes' or 'paper', got '${arrangement}'`);
    }
    const paper = arrangement === 'paper';
    this.hiddenSize = hiddenSize;
    this.outputSize = outputSize;
    this.cell = cell;
    this.arrangement = arrangement;
    this.embedding = new nn.Embedding(outputSize, embeddingSize, { backend });
    this.attention = new BahdanauAttention(hiddenSize, { valueSize, bias: !paper, backend });
    this.rnn = createRecurrent(cell, embeddingSize + valueSize, hiddenSize, { backend });
    this.readout = paper ? new nn.Linear(hiddenSize + embeddingSize + valueSize, 2 * hiddenSize, { backend }) : null;
    this.out = new nn.Linear(hiddenSize, outputSize, { backend });
    this.dropout = new nn.Dropout(dropout);
  }

  memory({ outputs, lengths }: Encoded): Memory {
    return this.attention.memory(outputs, lengths);
  }

  forward(input: Tensor, { hidden, cell }: RecurrentState, { keys, values, lengths }: Memory): Decoded {
    const { attention, rnn } = this;
    return backendOf(input).run(() => {
      const embedded = embedSteps(this.embedding, this.dropout, input);
      const flat = (state: Tensor) => tf.squeeze(state, [0]);
      const { outputs, contexts, weights, hN, cN } = F.attentionDecoder(
        embedded,
        keys,
        values,
        { h0: flat(hidden), c0: cell && flat(cell) },
        {
          queryWeight: attention.Wa.weight,
          queryBias: attention.Wa.bias,
          scoreWeight: attention.Va.weight,
          scoreBias: attention.Va.bias,
          weightIh: rnn.weightIhL0,
          weightHh: rnn.weightHhL0,
          biasIh: rnn.biasIhL0,
          biasHh: rnn.biasHhL0,
        },
        { label: this.label, cell: this.cell, lengths },
      );
      const state = { hidden: tf.expandDims(hN, 0), ...(cN && { cell: tf.expandDims(cN, 0) }) };
      return { logits: this.out.forward(this.read(outputs, embedded, contexts)), state, weights };
    });
  }

  /** What the words are read off, `[N, T, H]`. */
  private read(outputs: Tensor, embedded: Tensor, contexts: Tensor): Tensor {
    if (this.readout === null) return outputs;
    const all = this.readout.forward(tf.concat([outputs, embedded, contexts], 2));
    const [batch, steps] = all.shape as number[];
    const largest = tf.max(tf.reshape(all, [batch!, steps!, this.hiddenSize, 2]), 3);
    return this.dropout.forward(largest);
  }

  /** PyTorch's tutorial calls the layer by its kind. */
  protected override stateKeyOf(name: string): string {
    return name === 'rnn' ? this.cell : super.stateKeyOf(name);
  }
}

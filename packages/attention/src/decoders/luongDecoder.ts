import { backendOf, functional as F, nn, type Tensor } from '@flambeau/core';
import { concat } from '@tensorflow/tfjs-core';
import { LuongAttention, type LuongScore } from '../attention/luongAttention.ts';
import type { Memory } from '../attention/memory.ts';
import type { Encoded } from '../encoders/encoder.ts';
import {
  createRecurrent,
  type RecurrentCell,
  type RecurrentLayer,
  type RecurrentState,
  runRecurrent,
} from '../encoders/recurrentState.ts';
import type { DecoderOptions } from './decoder.ts';
import { embedSteps } from './embedSteps.ts';
import type { Decoded, SequenceDecoder } from './sequenceDecoder.ts';

/** Options of {@link LuongDecoder}. */
export interface LuongDecoderOptions extends DecoderOptions {
  /** Default `'general'`. */
  readonly score?: LuongScore;
  /** The width C of the encoder's states. Default: the hidden size. */
  readonly valueSize?: number;
  /** Default 1. */
  readonly numLayers?: number;
  /** Of the words' vectors, between layers, and of what the words are read off. Default 0.1. */
  readonly dropout?: number;
}

/**
 * A decoder with Luong's global attention, which looks after its step rather than before it: s_i = rnn(E y_{i−1}, s_{i−1}),
 * c_i from the scores of s_i, s̃_i = tanh(W [c_i; s_i]), logits = O·s̃_i + b. Since no step waits for the attention of the one
 * before, a whole target is a few large products. (Luong's input feeding is left out.)
 *
 * Shape: input int32 `[N, T]`, state `[layers, N, H]` → logits `[N, T, V]`, weights `[N, T, S]`.
 *
 * Attributes: `embedding`, `gru` or `lstm`, `attention` ({@link LuongAttention}), `combine` Linear(C+H→H) without bias, `out`
 * Linear(H→V).
 *
 * @param hiddenSize - H.
 * @param outputSize - V, how many words the target's vocabulary has.
 *
 * Source: Luong, Pham, Manning, arXiv 1508.04025.
 */
export class LuongDecoder extends nn.Module implements SequenceDecoder {
  readonly hiddenSize: number;
  readonly outputSize: number;
  readonly numLayers: number;
  readonly cell: RecurrentCell;
  embedding: nn.Embedding;
  rnn: RecurrentLayer;
  attention: LuongAttention;
  combine: nn.Linear;
  out: nn.Linear;
  dropout: nn.Dropout;

  constructor(hiddenSize: number, outputSize: number, options: LuongDecoderOptions = {}) {
    super();
    const { cell = 'gru', embeddingSize = hiddenSize, valueSize = hiddenSize, numLayers = 1 } = options;
    const { score, dropout = 0.1, backend } = options;
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
    this.attention = new LuongAttention(hiddenSize, { score, valueSize, backend });
    this.combine = new nn.Linear(valueSize + hiddenSize, hiddenSize, { bias: false, backend });
    this.out = new nn.Linear(hiddenSize, outputSize, { backend });
    this.dropout = new nn.Dropout(dropout);
  }

  memory({ outputs, lengths }: Encoded): Memory {
    return this.attention.memory(outputs, lengths);
  }

  forward(input: Tensor, state: RecurrentState, memory: Memory): Decoded {
    return backendOf(input).run(() => {
      const embedded = embedSteps(this.embedding, this.dropout, input);
      const { outputs, state: last } = runRecurrent(this.rnn, embedded, state, null);
      const { context, weights } = this.attention.attend(outputs, memory);
      const attentional = F.tanh(this.combine.forward(concat([context, outputs], 2)));
      return { logits: this.out.forward(this.dropout.forward(attentional)), state: last, weights };
    });
  }

  protected override stateKeyOf(name: string): string {
    return name === 'rnn' ? this.cell : super.stateKeyOf(name);
  }
}

import { backendOf, nn, type Tensor } from '@flambeau/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Memory } from '../attention/memory.ts';
import type { SequenceDecoder } from '../decoders/sequenceDecoder.ts';
import type { Encoder } from '../encoders/encoder.ts';
import type { RecurrentState } from '../encoders/recurrentState.ts';
import type { Seq2SeqBatch } from './batch.ts';
import { Bridge, type BridgeFrom } from './bridge.ts';

/** A source that has been read, as the decoder begins with it. */
export interface Encoding {
  readonly state: RecurrentState;
  readonly memory: Memory | null;
}

/** Options of {@link Seq2Seq}. */
export interface Seq2SeqOptions extends nn.ModuleOptions {
  /** Which directions the decoder's first state is made of, where the encoder has two. Default `'both'`. */
  readonly bridge?: BridgeFrom;
}

/** Options of {@link Seq2Seq.forward}. */
export interface Seq2SeqForwardOptions {
  /**
   * Whether each step is given the word that the one before was to answer (teacher forcing), or the word that it did answer.
   * Default true.
   */
  readonly teacherForcing?: boolean;
}

/**
 * An encoder and a decoder: reads a source, then writes its target.
 *
 * Shape: a {@link Seq2SeqBatch} of N pairs → logits `[N, T, V]`, weights `[N, T, S]` (null without attention).
 *
 * Attributes: `encoder`, `bridge` ({@link Bridge}; null where the encoder's last state fits the decoder as it is, as in
 * PyTorch's tutorial), `decoder`.
 *
 * @param encoder - reads the source.
 * @param decoder - writes the target.
 * @throws {RangeError} if the two have not the same kind of cell, or the decoder has more layers.
 *
 * @example
 * ```ts
 * const model = new Seq2Seq(new Encoder(4601, 128), new BahdanauDecoder(128, 2991));
 * const { logits } = model.forward(batch); // [32, 10, 2991]
 * ```
 */
export class Seq2Seq extends nn.Module {
  encoder: Encoder;
  bridge: Bridge | null;
  decoder: SequenceDecoder;

  constructor(encoder: Encoder, decoder: SequenceDecoder, { bridge = 'both', backend }: Seq2SeqOptions = {}) {
    super();
    if (encoder.cell !== decoder.cell) {
      throw new RangeError(`Seq2Seq: expected one kind of cell, got '${encoder.cell}' and '${decoder.cell}'`);
    }
    if (decoder.numLayers > encoder.numLayers) {
      throw new RangeError(
        `Seq2Seq: expected a decoder of at most ${encoder.numLayers} layers, as many as the encoder has, got ${decoder.numLayers}`,
      );
    }
    const fits =
      !encoder.bidirectional && encoder.hiddenSize === decoder.hiddenSize && encoder.numLayers === decoder.numLayers;
    this.encoder = encoder;
    this.decoder = decoder;
    this.bridge = fits
      ? null
      : new Bridge(encoder.hiddenSize, decoder.hiddenSize, {
          directions: encoder.bidirectional ? 2 : 1,
          numLayers: decoder.numLayers,
          cell: encoder.cell,
          from: bridge,
          backend,
        });
  }

  /** Reads sources, int32 `[N, S]`, of the lengths `[N]` (null: all of S counts). */
  encode(source: Tensor, lengths: Tensor | null = null): Encoding {
    const encoded = this.encoder.forward(source, lengths);
    const state = this.bridge?.forward(encoded.state) ?? encoded.state;
    return { state, memory: this.decoder.memory(encoded) };
  }

  forward(
    { source, sourceLengths, input }: Omit<Seq2SeqBatch, 'target' | 'tokens'>,
    { teacherForcing = true }: Seq2SeqForwardOptions = {},
  ): { logits: Tensor; weights: Tensor | null } {
    const { state, memory } = this.encode(source, sourceLengths);
    if (teacherForcing) {
      const { logits, weights } = this.decoder.forward(input, state, memory);
      return { logits, weights };
    }
    return backendOf(input).run(() => this.freeRun(input, state, memory));
  }

  /** Each step is given what the one before has answered; the input gives the first word and the number of steps. */
  private freeRun(
    input: Tensor,
    first: RecurrentState,
    memory: Memory | null,
  ): { logits: Tensor; weights: Tensor | null } {
    const steps = input.shape[1]!;
    const logits: Tensor[] = [];
    const weights: Tensor[] = [];
    let state = first;
    let word: Tensor = tf.slice(input, [0, 0], [-1, 1]);
    for (let step = 0; step < steps; step++) {
      const decoded = this.decoder.forward(word, state, memory);
      logits.push(decoded.logits);
      if (decoded.weights !== null) weights.push(decoded.weights);
      state = decoded.state;
      word = tf.argMax(decoded.logits, 2);
    }
    return { logits: tf.concat(logits, 1), weights: weights.length > 0 ? tf.concat(weights, 1) : null };
  }
}

import type { nn } from '@flambeau/core';
import type { LuongScore } from '../attention/luongAttention.ts';
import { type Arrangement, BahdanauDecoder } from '../decoders/bahdanauDecoder.ts';
import { Decoder } from '../decoders/decoder.ts';
import { LuongDecoder } from '../decoders/luongDecoder.ts';
import type { SequenceDecoder } from '../decoders/sequenceDecoder.ts';
import { Encoder } from '../encoders/encoder.ts';
import type { RecurrentCell } from '../encoders/recurrentState.ts';
import { Seq2Seq } from './seq2seq.ts';

/** The ways to look at the source, and none. */
export type AttentionKind = 'none' | 'bahdanau' | `luong-${LuongScore}`;

const attentionKinds: readonly AttentionKind[] = ['none', 'bahdanau', 'luong-dot', 'luong-general', 'luong-concat'];

/** A sequence to sequence model in plain JSON, but for its vocabularies' sizes: what a checkpoint keeps to be rebuilt. */
export interface Seq2SeqConfig {
  readonly attention: AttentionKind;
  /** Of encoder and decoder; the encoder's in each direction. */
  readonly hiddenSize: number;
  /** Default: the hidden size. */
  readonly embeddingSize?: number;
  /** Default `'gru'`. */
  readonly cell?: RecurrentCell;
  /** Of the encoder. Default 1. */
  readonly encoderLayers?: number;
  /** Of the decoder, where it has no attention or Luong's. Default 1. */
  readonly decoderLayers?: number;
  /** Default false. */
  readonly bidirectional?: boolean;
  /** Of Bahdanau's attention. Default `'notes'`. */
  readonly arrangement?: Arrangement;
  /** Default 0.1. */
  readonly dropout?: number;
}

/** How many words source and target have. */
export interface VocabularySizes {
  readonly source: number;
  readonly target: number;
}

/**
 * Makes the model of a config: the encoder first, then the decoder, as PyTorch's tutorial draws its weights.
 *
 * @throws {RangeError} if the config asks for something that there is not.
 *
 * @example
 * ```ts
 * const model = createSeq2Seq({ attention: 'bahdanau', hiddenSize: 128 }, { source: 4601, target: 2991 });
 * ```
 */
export function createSeq2Seq(config: Seq2SeqConfig, sizes: VocabularySizes, options: nn.ModuleOptions = {}): Seq2Seq {
  const { hiddenSize, embeddingSize, cell, encoderLayers, bidirectional, arrangement, dropout } = config;
  const encoder = new Encoder(sizes.source, hiddenSize, {
    embeddingSize,
    cell,
    numLayers: encoderLayers,
    bidirectional,
    dropout,
    ...options,
  });
  const decoder = createDecoder(config, sizes.target, encoder.outputSize, options);
  return new Seq2Seq(encoder, decoder, { bridge: arrangement === 'paper' ? 'backward' : 'both', ...options });
}

function createDecoder(
  { attention, hiddenSize, embeddingSize, cell, decoderLayers: numLayers, arrangement, dropout = 0.1 }: Seq2SeqConfig,
  words: number,
  valueSize: number,
  options: nn.ModuleOptions,
): SequenceDecoder {
  const shared = { embeddingSize, cell, dropout, ...options };
  switch (attention) {
    case 'none':
      return new Decoder(hiddenSize, words, { numLayers, ...shared });
    case 'bahdanau':
      return new BahdanauDecoder(hiddenSize, words, { valueSize, arrangement, ...shared });
    case 'luong-dot':
    case 'luong-general':
    case 'luong-concat': {
      const score = attention.slice('luong-'.length) as LuongScore;
      return new LuongDecoder(hiddenSize, words, { score, valueSize, numLayers, ...shared });
    }
    default:
      throw new RangeError(`expected attention ${attentionKinds.join(', ')}, got '${attention}'`);
  }
}

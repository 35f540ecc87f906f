import { manualSeed } from '@flambeau/core';
import { createSeq2Seq, type Seq2Seq, type Seq2SeqConfig, type VocabularySizes } from '../../src/index.ts';

/** Every kind of model, small. */
export const configs: Readonly<Record<string, Seq2SeqConfig>> = {
  tutorial: { attention: 'bahdanau', hiddenSize: 8 },
  'no attention': { attention: 'none', hiddenSize: 8, cell: 'lstm', encoderLayers: 2, decoderLayers: 2 },
  paper: { attention: 'bahdanau', hiddenSize: 6, bidirectional: true, arrangement: 'paper' },
  'bidirectional LSTM': { attention: 'bahdanau', hiddenSize: 6, bidirectional: true, cell: 'lstm' },
  Luong: { attention: 'luong-dot', hiddenSize: 6 },
};

/** An untrained model that has opinions: its weights are larger than drawn. */
export async function opinionated(
  config: Seq2SeqConfig,
  sizes: VocabularySizes = { source: 12, target: 9 },
  seed = 1,
): Promise<Seq2Seq> {
  manualSeed(seed);
  const model = createSeq2Seq(config, sizes);
  const weights = await model.stateDict();
  const scaled = Object.entries(weights).map(([key, { dtype, shape, data }]) => {
    return [key, { dtype, shape, data: (data as Float32Array).map((value) => 3 * value) }] as const;
  });
  model.loadStateDict(Object.fromEntries(scaled));
  return model;
}

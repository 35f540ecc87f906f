import { defaultGenerator, functional as F, type Generator, metrics, type Objective } from '@flambeau/core';
import { reshape } from '@tensorflow/tfjs-core';
import { IGNORED, type Seq2SeqBatch } from './batch.ts';
import type { Seq2Seq } from './seq2seq.ts';
import { checkShare } from './teacherForcing.ts';

/** Options of {@link translation}. */
export interface TranslationOptions {
  /** How much of each target is spread over all words while training. Default 0. */
  readonly labelSmoothing?: number;
  /**
   * How many of the batches are trained with teacher forcing, as a share or as a function that is asked before each; one
   * coin decides for a whole batch, as in PyTorch's tutorial. Default 1.
   */
  readonly teacherForcing?: number | (() => number);
  /** What the coins are drawn from. Default: the default generator, whose state a trainer keeps. */
  readonly generator?: Generator;
}

/**
 * What a trainer minimises and counts of a sequence to sequence model: cross-entropy per word of the target, its end
 * included, and the share of words that are right with the right ones before them. What fills a batch up does not count.
 * In evaluation the loss is plain cross-entropy with teacher forcing.
 *
 * @example
 * ```ts
 * const trainer = new Trainer({ model, optimizer, objective: translation(model) });
 * ```
 */
export function translation(model: Seq2Seq, options: TranslationOptions = {}): Objective<Seq2SeqBatch> {
  const { labelSmoothing = 0, teacherForcing = 1, generator = defaultGenerator } = options;
  if (typeof teacherForcing === 'number') checkShare(teacherForcing);
  const forced = () => {
    const share = typeof teacherForcing === 'function' ? teacherForcing() : teacherForcing;
    if (share >= 1) return true;
    return share > 0 && generator.uniform(new Float32Array(1))[0]! < share;
  };
  return {
    forward: (batch) => {
      const { logits } = model.forward(batch, { teacherForcing: !model.training || forced() });
      const rows = reshape(logits, [-1, model.decoder.outputSize]);
      const target = reshape(batch.target, [-1]);
      const smoothing = model.training ? labelSmoothing : 0;
      return {
        loss: F.crossEntropy(rows, target, { ignoreIndex: IGNORED, labelSmoothing: smoothing }),
        correct: metrics.correct(rows, target),
      };
    },
    examples: ({ source }) => source.shape[0]!,
    predictions: ({ tokens }) => tokens,
  };
}

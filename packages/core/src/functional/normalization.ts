import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import * as ops from '../ops/batchNorm.ts';
import { expectShape, formatShape, type Labelled, ShapeError } from '../tensor/shape.ts';

/** Options of {@link batchNorm}, PyTorch's names and defaults. */
export interface BatchNormOptions extends Labelled {
  /** γ, `[C]`; none means 1. */
  readonly weight?: Tensor | null;
  /** β, `[C]`; none means 0. */
  readonly bias?: Tensor | null;
  /** Uses (and records) the batch's statistics; off, the running ones are used. Default false. */
  readonly training?: boolean;
  /** Weight of the newest batch in the running statistics. Default 0.1. */
  readonly momentum?: number;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
}

/**
 * Batch normalisation: y = γ·(x − μ)/√(σ² + ε) + β, one μ, σ², γ, β per channel, over all other axes.
 *
 * In training μ and σ² are the batch's (σ² the biased one), and the running statistics, where given, are updated in
 * place: r ← (1 − momentum)·r + momentum·new, with the *unbiased* variance. Otherwise the running statistics are used.
 *
 * Shape: input `[N, C]` or `[N, C, …]`, running statistics `[C]` → the same as input.
 *
 * @throws {ShapeError} if sizes disagree, or a training batch has one value per channel (its variance is unknown).
 *
 * Source: Ioffe and Szegedy, arXiv 1502.03167.
 */
export function batchNorm(
  input: Tensor,
  runningMean: Variable | null,
  runningVar: Variable | null,
  options: BatchNormOptions = {},
): Tensor {
  const { label = 'batchNorm', weight, bias, training = false, momentum = 0.1, eps = 1e-5 } = options;
  if (input.rank < 2) {
    throw new ShapeError(`${label}: expected an input of shape [N, C, …], got ${formatShape(input.shape)}`);
  }
  const channels = (input.shape as readonly number[])[1];
  const given = { runningMean, runningVar, weight, bias };
  for (const [name, tensor] of Object.entries(given)) if (tensor) expectShape(label, name, tensor, [channels]);

  return commonBackend(label, [input, runningMean, runningVar, weight, bias]).run(() => {
    const gamma = weight ?? tf.ones([channels]);
    const beta = bias ?? tf.zeros([channels]);
    if (training) {
      const count = input.size / channels;
      if (count <= 1) {
        throw new ShapeError(
          `${label}: expected more than 1 value per channel when training, got input ${formatShape(input.shape)}`,
        );
      }
      const [output, mean, variance] = ops.batchNorm({ input, weight: gamma, bias: beta }, { eps });
      tf.tidy(() => {
        const unbiased = () => tf.mul(variance, count / (count - 1));
        if (runningMean) runningMean.assign(movingAverage(runningMean, mean, momentum));
        if (runningVar) runningVar.assign(movingAverage(runningVar, unbiased(), momentum));
      });
      return output;
    }
    if (!runningMean || !runningVar) throw new Error(`${label}: running statistics are needed when not training`);
    const scale = tf.mul(gamma, tf.rsqrt(tf.add(runningVar, eps)));
    const shift = tf.sub(beta, tf.mul(runningMean, scale));
    return tf.add(tf.mul(input, ops.perChannel(scale, input)), ops.perChannel(shift, input));
  });
}

const movingAverage = (old: Tensor, latest: Tensor, momentum: number): Tensor =>
  tf.add(tf.mul(old, 1 - momentum), tf.mul(latest, momentum));

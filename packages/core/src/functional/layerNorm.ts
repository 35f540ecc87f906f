import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import * as groupOps from '../ops/groupNorm.ts';
import * as layerOps from '../ops/layerNorm.ts';
import { expectShape, formatShape, type Labelled, ShapeError } from '../tensor/shape.ts';

/** Options of {@link layerNorm} and {@link groupNorm}, PyTorch's names and defaults. */
export interface AffineNormOptions extends Labelled {
  /** γ; none means 1. */
  readonly weight?: Tensor | null;
  /** β; none means 0. */
  readonly bias?: Tensor | null;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
}

/**
 * Layer normalisation: y = γ·(x − μ)/√(σ² + ε) + β, μ and σ² (the biased one) over the last axes of each example alone.
 *
 * Shape: input `[*, …normalizedShape]`, weight and bias `normalizedShape` → the same as input.
 *
 * @throws {ShapeError} if the input does not end in `normalizedShape`.
 *
 * Source: Ba, Kiros and Hinton, arXiv 1607.06450.
 */
export function layerNorm(input: Tensor, normalizedShape: readonly number[], options: AffineNormOptions = {}): Tensor {
  const { label = 'layerNorm', weight, bias, eps = 1e-5 } = options;
  const tail = (input.shape as number[]).slice(Math.max(0, input.rank - normalizedShape.length));
  if (normalizedShape.length === 0 || formatShape(tail) !== formatShape(normalizedShape)) {
    throw new ShapeError(
      `${label}: expected an input that ends in ${formatShape(normalizedShape)}, got ${formatShape(input.shape)}`,
    );
  }
  if (weight) expectShape(label, 'weight', weight, normalizedShape);
  if (bias) expectShape(label, 'bias', bias, normalizedShape);
  const size = normalizedShape.reduce((product, side) => product * side, 1);
  return commonBackend(label, [input, weight, bias]).run(() => {
    const gamma = weight ? tf.reshape(weight, [size]) : tf.ones([size]);
    const beta = bias ? tf.reshape(bias, [size]) : tf.zeros([size]);
    const rows = tf.reshape(input, [size === 0 ? 0 : input.size / size, size]);
    const [output] = layerOps.layerNorm({ input: rows, weight: gamma, bias: beta }, { eps });
    return tf.reshape(output, input.shape);
  });
}

/**
 * Group normalisation: as a layer norm, with μ and σ² over each group of channels of each image, and γ and β a channel's.
 *
 * Shape: input `[N, C, *]`, weight and bias `[C]` → the same as input.
 *
 * @throws {ShapeError} if the channels do not split into the groups.
 *
 * Source: Wu and He, arXiv 1803.08494.
 */
export function groupNorm(input: Tensor, numGroups: number, options: AffineNormOptions = {}): Tensor {
  const { label = 'groupNorm', weight, bias, eps = 1e-5 } = options;
  const [batch, channels] = input.shape as number[];
  if (input.rank < 2 || channels % numGroups !== 0) {
    throw new ShapeError(
      `${label}: expected an input of shape [N, C, *] with C divisible by ${numGroups} groups, got ${formatShape(input.shape)}`,
    );
  }
  if (weight) expectShape(label, 'weight', weight, [channels]);
  if (bias) expectShape(label, 'bias', bias, [channels]);
  return commonBackend(label, [input, weight, bias]).run(() => {
    const places = (input.shape as number[]).slice(2).reduce((product, side) => product * side, 1);
    const images = tf.reshape(input, [batch, channels, places]);
    const inputs = { input: images, weight: weight ?? tf.ones([channels]), bias: bias ?? tf.zeros([channels]) };
    return tf.reshape(groupOps.groupNorm(inputs, { numGroups, eps })[0], input.shape);
  });
}

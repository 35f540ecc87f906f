import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import type { Reduction } from '../ops/crossEntropy.ts';
import * as ops from '../ops/smoothL1.ts';
import { expectShape, type Labelled } from '../tensor/shape.ts';
import { checkReduction, reduce } from './reduction.ts';

/** Options of the losses of regression. */
export interface RegressionLossOptions extends Labelled {
  /** Default `'mean'`. */
  readonly reduction?: Reduction;
}

/**
 * The squared error ℓ = (x − y)². Shape: input `[*]`, target the same → a scalar, or `[*]` with reduction `'none'`.
 *
 * @throws {ShapeError} if the shapes disagree: nothing is broadcast.
 */
export function mseLoss(input: Tensor, target: Tensor, options: RegressionLossOptions = {}): Tensor {
  const { label = 'mseLoss', reduction = 'mean' } = options;
  checkReduction(label, reduction);
  expectShape(label, 'target', target, input.shape);
  return commonBackend(label, [input, target]).run(() => reduce(tf.square(tf.sub(input, target)), reduction));
}

/**
 * The absolute error ℓ = |x − y|; its gradient at 0 is 0. Shapes as {@link mseLoss}'s.
 *
 * @throws {ShapeError} if the shapes disagree: nothing is broadcast.
 */
export function l1Loss(input: Tensor, target: Tensor, options: RegressionLossOptions = {}): Tensor {
  return smoothL1Loss(input, target, { label: 'l1Loss', ...options, beta: 0 });
}

/** Options of {@link smoothL1Loss}. */
export interface SmoothL1LossOptions extends RegressionLossOptions {
  /** Below which difference the loss is a parabola; 0 makes it {@link l1Loss}. Default 1. */
  readonly beta?: number;
}

/**
 * With d = x − y: ℓ = d²/(2β) where |d| < β, |d| − β/2 elsewhere. Shapes as {@link mseLoss}'s.
 *
 * Source: Girshick, arXiv 1504.08083; Huber, 1964.
 */
export function smoothL1Loss(input: Tensor, target: Tensor, options: SmoothL1LossOptions = {}): Tensor {
  const { label = 'smoothL1Loss', reduction = 'mean', beta = 1 } = options;
  checkReduction(label, reduction);
  if (!(beta >= 0)) throw new RangeError(`${label}: expected beta of at least 0, got ${beta}`);
  expectShape(label, 'target', target, input.shape);
  return commonBackend(label, [input, target]).run(() => {
    const [losses] = ops.smoothL1({ input, target: tf.cast(target, 'float32') }, { beta });
    return reduce(losses, reduction);
  });
}

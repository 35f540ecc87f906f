import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import * as ops from '../ops/crossEntropy.ts';
import * as nllOps from '../ops/nllLoss.ts';
import { expectShape, formatShape, type Labelled, ShapeError } from '../tensor/shape.ts';
import { checkReduction, reduce } from './reduction.ts';

export type { Reduction } from '../ops/crossEntropy.ts';

/** Options of {@link crossEntropy}, PyTorch's names and defaults. */
export interface CrossEntropyOptions extends Labelled {
  /** A weight for each class, `[C]`. Default: 1 each. */
  readonly weight?: Tensor | null;
  /** Targets of this value do not count. Default −100. */
  readonly ignoreIndex?: number;
  /** How much of each target is spread evenly over all classes. Default 0. */
  readonly labelSmoothing?: number;
  /** `'mean'` divides by the summed weight of the targets that count. Default `'mean'`. */
  readonly reduction?: ops.Reduction;
}

/**
 * Cross-entropy between logits and class indices, or class probabilities. The logits go in as they are: softmax is part of the loss.
 *
 * ℓₙ = −w_y·log( exp(x_y) / Σ_c exp(x_c) ), y = targetₙ.
 *
 * Shape: input `[N, C]`, `[C]` or `[N, C, d₁, …]`; target int32 without the class axis: `[N]`, `[]` or `[N, d₁, …]` →
 * a scalar, or the target's shape with reduction `'none'`. A float32 target of the input's shape gives each class's
 * probability t: ℓₙ = −Σ_c w_c·t_c·log p_c, whose mean is over the examples, whatever their weights.
 *
 * @throws {ShapeError} if the shapes disagree; {TypeError} if the target is neither.
 *
 * @example
 * ```ts
 * const loss = F.crossEntropy(net.forward(images), labels); // logits [100, 10], labels [100]
 * ```
 */
export function crossEntropy(input: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const { label = 'crossEntropy', weight, ignoreIndex = -100, labelSmoothing = 0, reduction = 'mean' } = options;
  if (input.rank === 0) throw new ShapeError(`${label}: expected logits of shape [N, C], got a scalar`);
  const classAxis = input.rank === 1 ? 0 : 1;
  const classes = (input.shape as readonly number[])[classAxis];
  if (weight) expectShape(label, 'weight', weight, [classes]);
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new RangeError(`${label}: expected labelSmoothing between 0 and 1, got ${labelSmoothing}`);
  }
  checkReduction(label, reduction);
  if (target.dtype === 'float32' && formatShape(target.shape) === formatShape(input.shape)) {
    return ofProbabilities(label, input, target, weight ?? null, labelSmoothing, reduction);
  }
  expectShape(
    label,
    'target',
    target,
    input.shape.filter((_, axis) => axis !== classAxis),
  );
  if (target.dtype !== 'int32') throw new TypeError(`${label}: expected target of type int32, got ${target.dtype}`);
  return commonBackend(label, [input, target, weight]).run(() => {
    const logits = input.rank === 2 ? input : tf.reshape(classesLast(input), [-1, classes]);
    const flat = target.rank === 1 ? target : tf.reshape(target, [-1]);
    const inputs = { input: logits, target: flat, weight: weight ?? tf.ones([classes]) };
    const [loss] = ops.crossEntropy(inputs, { ignoreIndex, labelSmoothing, reduction });
    return reduction === 'none' && target.rank !== 1 ? tf.reshape(loss, target.shape) : loss;
  });
}

/** Cross-entropy whose targets are probabilities of the classes. */
function ofProbabilities(
  label: string,
  input: Tensor,
  target: Tensor,
  weight: Tensor | null,
  labelSmoothing: number,
  reduction: ops.Reduction,
): Tensor {
  return commonBackend(label, [input, target, weight]).run(() => {
    const logProbabilities = tf.logSoftmax(classesLast(input));
    const given = classesLast(target);
    const classes = given.shape[given.rank - 1]!;
    const smooth = labelSmoothing === 0 ? given : tf.add(tf.mul(given, 1 - labelSmoothing), labelSmoothing / classes);
    const share = weight === null ? smooth : tf.mul(smooth, weight);
    const losses = tf.neg(tf.sum(tf.mul(share, logProbabilities), -1));
    return reduce(losses, reduction);
  });
}

/** Options of {@link nllLoss}, PyTorch's names and defaults. */
export type NllLossOptions = Omit<CrossEntropyOptions, 'labelSmoothing'>;

/**
 * Negative log-likelihood of log-probabilities, as {@link logSoftmax} gives them: ℓₙ = −w_y·x_y, y = targetₙ.
 *
 * Shape: input `[N, C]`, `[C]` or `[N, C, d₁, …]`; target int32 `[N]`, `[]` or `[N, d₁, …]` → a scalar, or the target's
 * shape with reduction `'none'`.
 *
 * @throws {ShapeError} if the shapes disagree; {TypeError} if the target is not of integers.
 */
export function nllLoss(input: Tensor, target: Tensor, options: NllLossOptions = {}): Tensor {
  const { label = 'nllLoss', weight, ignoreIndex = -100, reduction = 'mean' } = options;
  if (input.rank === 0) throw new ShapeError(`${label}: expected log-probabilities of shape [N, C], got a scalar`);
  const classAxis = input.rank === 1 ? 0 : 1;
  const classes = (input.shape as readonly number[])[classAxis];
  const shape = input.shape.filter((_, axis) => axis !== classAxis);
  expectShape(label, 'target', target, shape);
  if (target.dtype !== 'int32') throw new TypeError(`${label}: expected target of type int32, got ${target.dtype}`);
  if (weight) expectShape(label, 'weight', weight, [classes]);
  checkReduction(label, reduction);
  return commonBackend(label, [input, target, weight]).run(() => {
    const rows = input.rank === 2 ? input : tf.reshape(classesLast(input), [-1, classes]);
    const inputs = { input: rows, target: tf.reshape(target, [-1]), weight: weight ?? tf.ones([classes]) };
    const [loss] = nllOps.nllLoss(inputs, { ignoreIndex, reduction });
    return reduction === 'none' ? tf.reshape(loss, target.shape) : loss;
  });
}

function classesLast(input: Tensor): Tensor {
  if (input.rank < 3) return input;
  const others = input.shape.map((_, axis) => axis).slice(2);
  return tf.transpose(input, [0, ...others, 1]);
}

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import * as ops from '../ops/binaryCrossEntropy.ts';
import type { Reduction } from '../ops/crossEntropy.ts';
import { expectShape, type Labelled } from '../tensor/shape.ts';
import { checkReduction, reduce } from './reduction.ts';

/** Options of {@link binaryCrossEntropy}, PyTorch's names and defaults. */
export interface BinaryCrossEntropyOptions extends Labelled {
  /** Multiplies each element's loss; broadcasts. */
  readonly weight?: Tensor | null;
  /** Default `'mean'`. */
  readonly reduction?: Reduction;
}

/**
 * Binary cross-entropy of probabilities: ℓ = −w·(y·log x + (1 − y)·log(1 − x)), logarithms at −100 or above.
 *
 * Shape: input `[*]` in [0, 1], target the same → a scalar, or `[*]` with reduction `'none'`.
 *
 * @throws {ShapeError} if the shapes disagree.
 */
export function binaryCrossEntropy(input: Tensor, target: Tensor, options: BinaryCrossEntropyOptions = {}): Tensor {
  const { label = 'binaryCrossEntropy', weight, reduction = 'mean' } = options;
  checkReduction(label, reduction);
  expectShape(label, 'target', target, input.shape);
  return commonBackend(label, [input, target, weight]).run(() => {
    const [losses] = ops.binaryCrossEntropy({ input, target: tf.cast(target, 'float32') }, {});
    return reduce(weight ? tf.mul(losses, weight) : losses, reduction);
  });
}

/** Options of {@link binaryCrossEntropyWithLogits}, PyTorch's names and defaults. */
export interface BinaryCrossEntropyWithLogitsOptions extends BinaryCrossEntropyOptions {
  /** How much a positive example counts, for each class; broadcasts. */
  readonly posWeight?: Tensor | null;
}

/**
 * Binary cross-entropy of logits, sigmoid and loss in one without overflow:
 * ℓ = −w·(p·y·log σ(x) + (1 − y)·log(1 − σ(x))).
 *
 * Shape: input `[*]`, target the same → a scalar, or `[*]` with reduction `'none'`.
 *
 * @throws {ShapeError} if the shapes disagree.
 *
 * @example
 * ```ts
 * const loss = F.binaryCrossEntropyWithLogits(net.forward(reviews), labels); // logits [64], labels [64]
 * ```
 */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  options: BinaryCrossEntropyWithLogitsOptions = {},
): Tensor {
  const { label = 'binaryCrossEntropyWithLogits', weight, posWeight, reduction = 'mean' } = options;
  checkReduction(label, reduction);
  expectShape(label, 'target', target, input.shape);
  return commonBackend(label, [input, target, weight, posWeight]).run(() => {
    const inputs = { input, target: tf.cast(target, 'float32'), posWeight: posWeight ?? tf.scalar(1) };
    const [losses] = ops.binaryCrossEntropyWithLogits(inputs, {});
    return reduce(weight ? tf.mul(losses, weight) : losses, reduction);
  });
}

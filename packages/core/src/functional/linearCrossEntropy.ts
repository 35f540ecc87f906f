import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import * as ops from '../ops/linearCrossEntropy.ts';
import { expectShape, formatShape, ShapeError } from '../tensor/shape.ts';
import type { CrossEntropyOptions } from './loss.ts';
import { checkReduction } from './reduction.ts';

/** Options of {@link linearCrossEntropy}, PyTorch's names and defaults. */
export interface LinearCrossEntropyOptions extends CrossEntropyOptions {
  /** `[C]` */
  readonly linearBias?: Tensor | null;
}

/**
 * Cross-entropy between the logits x·Wᵀ + b and class indices: `F.crossEntropy(F.linear(x, W, b), target)` in one, for a classifier
 * with many classes, such as the words of a vocabulary. Logits of rows whose target is ignored are not computed where the backend has a kernel for it.
 *
 * Shape: input `[*, K]`, linearWeight `[C, K]`, target int32 `[*]` → a scalar, or the target's shape with reduction
 * `'none'`.
 *
 * @throws {ShapeError} if the shapes disagree; {TypeError} if the target is not of integers.
 *
 * @example
 * ```ts
 * const loss = F.linearCrossEntropy(outputs, out.weight, words, { linearBias: out.bias, ignoreIndex: 0 });
 * ```
 */
export function linearCrossEntropy(
  input: Tensor,
  linearWeight: Tensor,
  target: Tensor,
  options: LinearCrossEntropyOptions = {},
): Tensor {
  return run(input, linearWeight, target, options, 1)[0];
}

/**
 * As {@link linearCrossEntropy}, with each row's class of the largest logit, int32 in the target's shape; −1 where the target is
 * ignored.
 *
 * @example
 * ```ts
 * const { loss, predictions } = F.linearCrossEntropyWithPredictions(outputs, out.weight, words);
 * const correct = sum(cast(equal(predictions, words), 'int32'));
 * ```
 */
export function linearCrossEntropyWithPredictions(
  input: Tensor,
  linearWeight: Tensor,
  target: Tensor,
  options: LinearCrossEntropyOptions = {},
): { loss: Tensor; predictions: Tensor } {
  const [loss, predictions] = run(input, linearWeight, target, options, 2);
  return { loss, predictions };
}

function run(
  input: Tensor,
  linearWeight: Tensor,
  target: Tensor,
  options: LinearCrossEntropyOptions,
  outputs: number,
): Tensor[] {
  const { label = 'linearCrossEntropy', linearBias, weight, ignoreIndex = -100 } = options;
  const { labelSmoothing = 0, reduction = 'mean' } = options;
  if (linearWeight.rank !== 2) {
    throw new ShapeError(`${label}: expected linearWeight of shape [C, K], got ${formatShape(linearWeight.shape)}`);
  }
  const [classes, features] = linearWeight.shape as [number, number];
  const given = input.shape as readonly number[];
  if (given.length === 0 || given[given.length - 1] !== features) {
    throw new ShapeError(`${label}: expected ${features} input features (input ${formatShape(given)})`);
  }
  expectShape(label, 'target', target, given.slice(0, -1));
  if (target.dtype !== 'int32') throw new TypeError(`${label}: expected target of type int32, got ${target.dtype}`);
  if (linearBias) expectShape(label, 'linearBias', linearBias, [classes]);
  if (weight) expectShape(label, 'weight', weight, [classes]);
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new RangeError(`${label}: expected labelSmoothing between 0 and 1, got ${labelSmoothing}`);
  }
  checkReduction(label, reduction);
  return commonBackend(label, [input, linearWeight, target, linearBias, weight]).run(() => {
    const results = ops.linearCrossEntropy(
      {
        input: input.rank === 2 ? input : tf.reshape(input, [-1, features]),
        ...{ linearWeight, linearBias: linearBias ?? undefined },
        target: target.rank === 1 ? target : tf.reshape(target, [-1]),
        weight: weight ?? tf.ones([classes]),
      },
      { ignoreIndex, labelSmoothing, reduction },
      outputs,
    );
    // One number for each target keeps the target's shape.
    return results.map((result, i) =>
      target.rank !== 1 && (i === 1 || reduction === 'none') ? tf.reshape(result, target.shape) : result,
    );
  });
}

import { reshape, type Tensor } from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import * as ops from '../ops/linear.ts';
import { expectShape, formatShape, type Labelled, ShapeError } from '../tensor/shape.ts';

/**
 * y = x·Wᵀ + b.
 *
 * Shape: input `[*, inFeatures]` with any number of leading axes (or none), weight `[outFeatures, inFeatures]`, bias
 * `[outFeatures]` or null → `[*, outFeatures]`.
 *
 * @throws {ShapeError} if the sizes disagree.
 *
 * @example
 * ```ts
 * F.linear(x, weight, bias).shape; // [128, 20] → [128, 30] with weight [30, 20]
 * ```
 */
export function linear(
  input: Tensor,
  weight: Tensor,
  bias?: Tensor | null,
  { label = 'linear' }: Labelled = {},
): Tensor {
  if (weight.rank !== 2) {
    throw new ShapeError(
      `${label}: expected weight of shape [outFeatures, inFeatures], got ${formatShape(weight.shape)}`,
    );
  }
  const [outFeatures, inFeatures] = weight.shape;
  if (input.rank === 0 || input.shape[input.rank - 1] !== inFeatures) {
    const given = input.rank === 0 ? 'a scalar' : input.shape[input.rank - 1];
    throw new ShapeError(
      `${label}: expected ${inFeatures} input features, got ${given} (input ${formatShape(input.shape)})`,
    );
  }
  if (bias) expectShape(label, 'bias', bias, [outFeatures]);
  return commonBackend(label, [input, weight, bias]).run(() => {
    const rows = input.rank === 2 ? input : reshape(input, [-1, inFeatures]);
    const [output] = ops.linear({ input: rows, weight, bias: bias ?? undefined }, {});
    return input.rank === 2 ? output : reshape(output, [...input.shape.slice(0, -1), outFeatures]);
  });
}

import { ShapeError, type Tensor } from '@flambeau/core';
import { matMul, reshape, tidy } from '@tensorflow/tfjs-core';

/**
 * The context vector: states weighed and added up, c = Σ_j α_j·h_j.
 *
 * Shape: states `[S, C]` and weights `[S]` → `[C]`; of a batch, states `[N, S, C]` and weights `[N, T, S]` → `[N, T, C]`.
 *
 * @throws {ShapeError} if the shapes disagree.
 *
 * @example
 * ```ts
 * const states = tf.tensor2d([[1, 2, 3, 4], [2, 3, 5, 7], [0, -1, 3, 6]]);
 * contextVector(tf.tensor1d([0.6, 0.3, 0.1]), states); // [1.2, 2.0, 3.6, 5.1]
 * ```
 */
export function contextVector(weights: Tensor, states: Tensor): Tensor {
  const [places, features] = states.shape.slice(-2) as number[];
  const fits =
    (states.rank === 2 && weights.rank === 1 && weights.size === places) ||
    (states.rank === 3 &&
      weights.rank === 3 &&
      weights.shape[0] === states.shape[0] &&
      (weights.shape as number[])[2] === places);
  if (!fits) {
    throw new ShapeError(
      'contextVector: expected weights [S] and states [S, C], or [N, T, S] and [N, S, C], ' +
        `got [${weights.shape.join(', ')}] and [${states.shape.join(', ')}]`,
    );
  }
  if (states.rank === 3) return matMul(weights, states);
  return tidy(() => reshape(matMul(reshape(weights, [1, places]), states), [features]));
}

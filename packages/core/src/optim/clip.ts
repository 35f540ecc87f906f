import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';

/** Gradients in the order of the parameters; null where the loss does not depend on one. */
export type GradientList = readonly (Tensor | null)[];

const present = (gradients: GradientList): Tensor[] => gradients.filter((gradient) => gradient !== null);

/**
 * Scales gradients down, all by one factor, so that the norm of all of them together is at most `maxNorm`
 * (`torch.nn.utils.clip_grad_norm_`): g ← g·min(1, maxNorm/(‖g‖ + 10⁻⁶)). Nothing is read from the device.
 *
 * @param normType - p of the p-norm; `Infinity` for the largest absolute value. Default 2.
 * @returns new gradients, and their norm before (a scalar tensor); both the caller's, or the `tidy`'s around the call.
 *
 * @example
 * ```ts
 * optimizer.minimize(lossOfBatch, { transformGradients: (g) => optim.clipGradNorm(g, 1).gradients });
 * ```
 *
 * Source: Pascanu et al., arXiv 1211.5063.
 */
export function clipGradNorm(
  gradients: GradientList,
  maxNorm: number,
  { normType = 2 }: { readonly normType?: number } = {},
): { gradients: (Tensor | null)[]; totalNorm: Tensor } {
  if (!(maxNorm >= 0)) throw new RangeError(`clipGradNorm: expected maxNorm of at least 0, got ${maxNorm}`);
  if (!(normType > 0)) throw new RangeError(`clipGradNorm: expected normType above 0, got ${normType}`);
  const all = present(gradients);
  if (all.length === 0) throw new RangeError('clipGradNorm: expected at least one gradient, got none');
  return commonBackend('clipGradNorm', all).run(() => {
    const totalNorm = tf.tidy(() => normOf(tf.stack(all.map((gradient) => normOf(gradient, normType))), normType));
    const scale = tf.tidy(() => tf.minimum(tf.div(maxNorm, tf.add(totalNorm, 1e-6)), 1));
    const clipped = gradients.map((gradient) => gradient && tf.mul(gradient, scale));
    scale.dispose();
    return { gradients: clipped, totalNorm };
  });
}

/**
 * Cuts every element of every gradient to [−clipValue, clipValue] (`torch.nn.utils.clip_grad_value_`).
 *
 * @returns new gradients, the caller's or the `tidy`'s around the call.
 */
export function clipGradValue(gradients: GradientList, clipValue: number): (Tensor | null)[] {
  if (!(clipValue >= 0)) throw new RangeError(`clipGradValue: expected clipValue of at least 0, got ${clipValue}`);
  const all = present(gradients);
  if (all.length === 0) return [...gradients];
  return commonBackend('clipGradValue', all).run(() =>
    gradients.map((gradient) => gradient && tf.clipByValue(gradient, -clipValue, clipValue)),
  );
}

/** (Σ|x|ᵖ)^(1/p). */
function normOf(values: Tensor, p: number): Tensor {
  const sizes = tf.abs(values);
  if (p === Number.POSITIVE_INFINITY) return tf.max(sizes);
  if (p === 1) return tf.sum(sizes);
  if (p === 2) return tf.sqrt(tf.sum(tf.square(values)));
  return tf.pow(tf.sum(tf.pow(sizes, p)), 1 / p);
}

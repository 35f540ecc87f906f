import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import * as ops from '../ops/relu.ts';
import { resolveDimension } from './dimension.ts';

/**
 * ReLU(x) = max(0, x), element by element. Its gradient at 0 is 0, as PyTorch's.
 *
 * Shape: any → the same.
 */
export function relu(input: Tensor): Tensor {
  return ops.relu({ input }, {})[0];
}

/**
 * softmax(x)ᵢ = exp(xᵢ) / Σⱼ exp(xⱼ) along one dimension.
 *
 * Shape: any → the same.
 *
 * @param dim - the dimension that sums to 1; negative ones count from the end. Default −1.
 */
export function softmax(input: Tensor, { dim = -1 }: { readonly dim?: number } = {}): Tensor {
  return alongLast('softmax', input, dim, tf.softmax);
}

/** log(softmax(x)), computed without overflow. */
export function logSoftmax(input: Tensor, { dim = -1 }: { readonly dim?: number } = {}): Tensor {
  return alongLast('logSoftmax', input, dim, tf.logSoftmax);
}

/** TensorFlow.js's softmax knows the last axis only. */
function alongLast(name: string, input: Tensor, dim: number, f: (logits: Tensor) => Tensor): Tensor {
  const axis = resolveDimension(name, dim, input.rank);
  return commonBackend(name, [input]).run(() => {
    if (axis === input.rank - 1) return f(input);
    const swapped = input.shape.map((_, i) => (i === axis ? input.rank - 1 : i === input.rank - 1 ? axis : i));
    return tf.transpose(f(tf.transpose(input, swapped)), swapped);
  });
}

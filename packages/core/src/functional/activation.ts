import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import * as geluOps from '../ops/gelu.ts';
import * as leakyReluOps from '../ops/leakyRelu.ts';
import * as ops from '../ops/relu.ts';
import * as sigmoidOps from '../ops/sigmoid.ts';
import * as siluOps from '../ops/silu.ts';
import * as tanhOps from '../ops/tanh.ts';
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
 * LeakyReLU(x) = x where x > 0, negativeSlope·x elsewhere.
 *
 * Shape: any → the same.
 *
 * @param options.negativeSlope - default 0.01.
 */
export function leakyRelu(input: Tensor, { negativeSlope = 0.01 }: { readonly negativeSlope?: number } = {}): Tensor {
  return leakyReluOps.leakyRelu({ input }, { negativeSlope })[0];
}

/** Options of {@link gelu}. */
export interface GeluOptions {
  /** `'tanh'` approximates, as BERT and GPT-2 do; `'none'` is exact. Default `'none'`. */
  readonly approximate?: 'none' | 'tanh';
}

/**
 * GELU(x) = x·Φ(x), Φ the standard normal distribution; with `approximate: 'tanh'`
 * x·(1 + tanh(√(2/π)·(x + 0.044715x³)))/2.
 *
 * Shape: any → the same.
 *
 * Source: Hendrycks and Gimpel, arXiv 1606.08415.
 */
export function gelu(input: Tensor, { approximate = 'none' }: GeluOptions = {}): Tensor {
  if (approximate !== 'none' && approximate !== 'tanh') {
    throw new RangeError(`gelu: expected approximate 'none' or 'tanh', got '${approximate}'`);
  }
  return geluOps.gelu({ input }, { approximate })[0];
}

/**
 * SiLU(x) = x·σ(x), also known as swish.
 *
 * Shape: any → the same.
 *
 * Source: Elfwing et al., arXiv 1702.03118.
 */
export function silu(input: Tensor): Tensor {
  return siluOps.silu({ input }, {})[0];
}

/** σ(x) = 1/(1 + e^−x), element by element. Shape: any → the same. */
export function sigmoid(input: Tensor): Tensor {
  return sigmoidOps.sigmoid({ input }, {})[0];
}

/** tanh(x), element by element. Shape: any → the same. */
export function tanh(input: Tensor): Tensor {
  return tanhOps.tanh({ input }, {})[0];
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

import { mul, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { commonBackend } from '../backend/backend.ts';
import { defaultGenerator } from '../random/defaultGenerator.ts';
import type { Generator } from '../random/generator.ts';
import { expectRank, type Labelled } from '../tensor/shape.ts';

export interface DropoutOptions {
  /** The probability of an element to become 0. Default 0.5. */
  readonly p?: number;
  /** Off, dropout is the identity. Default true. */
  readonly training?: boolean;
  /** Where the mask is drawn from. Default: the default generator. */
  readonly generator?: Generator;
}

/**
 * Zeroes each element with probability p and scales the others by 1/(1 − p), so that the expectation stays. From one
 * seed the mask is PyTorch's own, element by element.
 *
 * Shape: any → the same.
 *
 * Source: Hinton et al., arXiv 1207.0580.
 */
export function dropout(input: Tensor, options: DropoutOptions = {}): Tensor {
  const { p = 0.5, training = true, generator = defaultGenerator } = options;
  checkProbability(p);
  if (!training || p === 0 || input.size === 0) return input;
  const mask = scaledMask(input.size, p, generator);
  return commonBackend('dropout', [input]).run(() => mul(input, tensor(mask, input.shape)));
}

/**
 * As {@link dropout}, whole channels at a time: neighbouring pixels say too much about each other for dropping one to
 * matter.
 *
 * Shape: `[N, C, H, W]` → the same.
 *
 * @throws {ShapeError} if the input is not a batch of images.
 *
 * Source: Tompson et al., arXiv 1411.4280.
 */
export function dropout2d(input: Tensor, options: DropoutOptions & Labelled = {}): Tensor {
  const { label = 'dropout2d', p = 0.5, training = true, generator = defaultGenerator } = options;
  checkProbability(p);
  expectRank(label, input, [4], '[N, C, H, W]');
  if (!training || p === 0 || input.size === 0) return input;
  const [batch, channels] = input.shape as number[];
  const mask = scaledMask(batch * channels, p, generator);
  return commonBackend(label, [input]).run(() => mul(input, tensor(mask, [batch, channels, 1, 1])));
}

/** 1/(1 − p) at probability 1 − p, else 0. */
function scaledMask(size: number, p: number, generator: Generator): Float32Array {
  const mask = new Float32Array(size);
  if (p === 1) return mask;
  generator.bernoulli(mask, 1 - p);
  const scale = Math.fround(1 / (1 - p));
  for (let i = 0; i < size; i++) mask[i] *= scale;
  return mask;
}

/** Throws unless p is a probability. */
export function checkProbability(p: number): void {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`dropout: expected a probability between 0 and 1, got ${p}`);
}

import type { Tensor } from '@tensorflow/tfjs-core';
import * as F from '../functional/dropout.ts';
import { Module } from './module.ts';

/**
 * Against overfitting: while training, zeroes each element with probability p and scales the others by 1/(1 − p);
 * the identity when evaluating.
 *
 * Shape: any → the same.
 *
 * Source: Hinton et al., arXiv 1207.0580.
 */
export class Dropout extends Module {
  readonly p: number;

  constructor(p = 0.5) {
    super();
    F.checkProbability(p);
    this.p = p;
  }

  forward(input: Tensor): Tensor {
    return F.dropout(input, this);
  }

  override extraRepr(): string {
    return `p=${this.p}`;
  }
}

/**
 * As {@link Dropout}, whole channels at a time; {@link F.dropout2d} says why. Shape: `[N, C, H, W]` → the same.
 */
export class Dropout2d extends Module {
  readonly p: number;

  constructor(p = 0.5) {
    super();
    F.checkProbability(p);
    this.p = p;
  }

  forward(input: Tensor): Tensor {
    return F.dropout2d(input, this);
  }

  override extraRepr(): string {
    return `p=${this.p}`;
  }
}

import type { Tensor } from '@tensorflow/tfjs-core';
import * as F from '../functional/flatten.ts';
import { Module } from './module.ts';

/**
 * Makes one dimension of several; by default of all but the batch.
 *
 * Shape: `[N, d₁, …]` → `[N, d₁·…]`.
 */
export class Flatten extends Module {
  readonly startDim: number;
  readonly endDim: number;

  constructor({ startDim = 1, endDim = -1 }: F.FlattenOptions = {}) {
    super();
    this.startDim = startDim;
    this.endDim = endDim;
  }

  forward(input: Tensor): Tensor {
    return F.flatten(input, this);
  }

  override extraRepr(): string {
    return `startDim=${this.startDim}, endDim=${this.endDim}`;
  }
}

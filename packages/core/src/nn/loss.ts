import type { Tensor } from '@tensorflow/tfjs-core';
import * as F from '../functional/loss.ts';
import { Module } from './module.ts';
import type { Buffer } from './parameter.ts';

/**
 * Cross-entropy between logits and class indices; {@link F.crossEntropy} has formula and shapes. Softmax is part of it:
 * a softmax layer before it is a silent error.
 */
export class CrossEntropyLoss extends Module {
  readonly weight: Buffer | null;
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;
  readonly reduction: F.Reduction;

  constructor(options: Omit<F.CrossEntropyOptions, 'label' | 'weight'> & { readonly weight?: Buffer | null } = {}) {
    super();
    this.weight = options.weight ?? null;
    this.ignoreIndex = options.ignoreIndex ?? -100;
    this.labelSmoothing = options.labelSmoothing ?? 0;
    this.reduction = options.reduction ?? 'mean';
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.crossEntropy(input, target, this);
  }

  override extraRepr(): string {
    const { ignoreIndex, labelSmoothing, reduction } = this;
    return `ignoreIndex=${ignoreIndex}, labelSmoothing=${labelSmoothing}, reduction='${reduction}'`;
  }
}

import type { Tensor } from '@tensorflow/tfjs-core';
import * as BCE from '../functional/binaryCrossEntropy.ts';
import * as F from '../functional/loss.ts';
import * as Regression from '../functional/regressionLoss.ts';
import { Module } from './module.ts';
import type { Buffer } from './parameter.ts';

/**
 * Cross-entropy between logits and class indices or probabilities; {@link F.crossEntropy} has formula and shapes. Softmax is part of it:
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

/** Options of a loss that weighs: its weights are buffers, part of the state. */
type Weighed<Options> = Omit<Options, 'label' | 'weight' | 'posWeight'> & { readonly weight?: Buffer | null };

/** Negative log-likelihood of log-probabilities; {@link F.nllLoss} has formula and shapes. Put a LogSoftmax before it. */
export class NLLLoss extends Module {
  readonly weight: Buffer | null;
  readonly ignoreIndex: number;
  readonly reduction: F.Reduction;

  constructor(options: Weighed<F.NllLossOptions> = {}) {
    super();
    this.weight = options.weight ?? null;
    this.ignoreIndex = options.ignoreIndex ?? -100;
    this.reduction = options.reduction ?? 'mean';
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.nllLoss(input, target, this);
  }

  override extraRepr(): string {
    return `ignoreIndex=${this.ignoreIndex}, reduction='${this.reduction}'`;
  }
}

/** Binary cross-entropy of probabilities; {@link BCE.binaryCrossEntropy} has formula and shapes. */
export class BCELoss extends Module {
  readonly weight: Buffer | null;
  readonly reduction: F.Reduction;

  constructor(options: Weighed<BCE.BinaryCrossEntropyOptions> = {}) {
    super();
    this.weight = options.weight ?? null;
    this.reduction = options.reduction ?? 'mean';
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return BCE.binaryCrossEntropy(input, target, this);
  }

  override extraRepr(): string {
    return `reduction='${this.reduction}'`;
  }
}

/** Binary cross-entropy of logits; {@link BCE.binaryCrossEntropyWithLogits} has formula and shapes. */
export class BCEWithLogitsLoss extends Module {
  readonly weight: Buffer | null;
  readonly posWeight: Buffer | null;
  readonly reduction: F.Reduction;

  constructor(options: Weighed<BCE.BinaryCrossEntropyWithLogitsOptions> & { readonly posWeight?: Buffer | null } = {}) {
    super();
    this.weight = options.weight ?? null;
    this.posWeight = options.posWeight ?? null;
    this.reduction = options.reduction ?? 'mean';
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return BCE.binaryCrossEntropyWithLogits(input, target, this);
  }

  override extraRepr(): string {
    return `reduction='${this.reduction}'`;
  }
}

type RegressionOptions = Omit<Regression.RegressionLossOptions, 'label'>;

/** The squared error; {@link Regression.mseLoss} has formula and shapes. */
export class MSELoss extends Module {
  readonly reduction: F.Reduction;

  constructor(options: RegressionOptions = {}) {
    super();
    this.reduction = options.reduction ?? 'mean';
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return Regression.mseLoss(input, target, this);
  }

  override extraRepr(): string {
    return `reduction='${this.reduction}'`;
  }
}

/** The absolute error; {@link Regression.l1Loss} has formula and shapes. */
export class L1Loss extends Module {
  readonly reduction: F.Reduction;

  constructor(options: RegressionOptions = {}) {
    super();
    this.reduction = options.reduction ?? 'mean';
  }

  forward(input: Tensor, target: Tensor): Tensor {
    const { label, reduction } = this;
    return Regression.l1Loss(input, target, { label, reduction });
  }

  override extraRepr(): string {
    return `reduction='${this.reduction}'`;
  }
}

/** A parabola near 0 and lines beyond; {@link Regression.smoothL1Loss} has formula and shapes. */
export class SmoothL1Loss extends Module {
  readonly reduction: F.Reduction;
  readonly beta: number;

  /** @param options.beta - where the parabola ends. Default 1. */
  constructor(options: Omit<Regression.SmoothL1LossOptions, 'label'> = {}) {
    super();
    this.reduction = options.reduction ?? 'mean';
    this.beta = options.beta ?? 1;
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return Regression.smoothL1Loss(input, target, this);
  }

  override extraRepr(): string {
    return `reduction='${this.reduction}', beta=${this.beta}`;
  }
}

import type { Tensor } from '@tensorflow/tfjs-core';
import * as F from '../functional/normalization.ts';
import { onesInit, zerosInit } from '../init/initializers.ts';
import { formatShape, ShapeError } from '../tensor/shape.ts';
import { Module, type ModuleOptions } from './module.ts';
import { Buffer, Counter, Parameter } from './parameter.ts';

export interface BatchNormLayerOptions extends ModuleOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Weight of the newest batch in the running statistics; null averages over all batches alike. Default 0.1. */
  readonly momentum?: number | null;
  /** Whether γ and β are learned. Default true. */
  readonly affine?: boolean;
  /** Whether running statistics are kept; without them evaluation uses the batch's. Default true. */
  readonly trackRunningStats?: boolean;
}

abstract class BatchNorm extends Module {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;
  readonly affine: boolean;
  readonly trackRunningStats: boolean;
  weight: Parameter | null;
  bias: Parameter | null;
  runningMean: Buffer | null;
  runningVar: Buffer | null;
  numBatchesTracked: Counter | null;

  constructor(numFeatures: number, options: BatchNormLayerOptions = {}) {
    super();
    const { eps = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true, backend } = options;
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.affine = affine;
    this.trackRunningStats = trackRunningStats;
    this.weight = affine ? new Parameter(onesInit([numFeatures]), { backend }) : null;
    this.bias = affine ? new Parameter(zerosInit([numFeatures]), { backend }) : null;
    this.runningMean = trackRunningStats ? new Buffer(zerosInit([numFeatures]), { backend }) : null;
    this.runningVar = trackRunningStats ? new Buffer(onesInit([numFeatures]), { backend }) : null;
    this.numBatchesTracked = trackRunningStats ? new Counter() : null;
  }

  protected abstract checkInput(input: Tensor): void;

  forward(input: Tensor): Tensor {
    this.checkInput(input);
    return F.batchNorm(input, this.runningMean, this.runningVar, {
      label: this.label,
      weight: this.weight,
      bias: this.bias,
      training: this.training || !this.trackRunningStats,
      momentum: this.training ? this.countBatch() : 0,
      eps: this.eps,
    });
  }

  /** Counts this batch, and gives the weight that it has in the running statistics. */
  private countBatch(): number {
    if (this.numBatchesTracked === null) return this.momentum ?? 0;
    this.numBatchesTracked.value++;
    return this.momentum ?? 1 / this.numBatchesTracked.value;
  }

  override extraRepr(): string {
    const { numFeatures, eps, momentum, affine, trackRunningStats } = this;
    return `${numFeatures}, eps=${eps}, momentum=${momentum}, affine=${affine}, trackRunningStats=${trackRunningStats}`;
  }
}

/**
 * Batch normalisation of features: {@link F.batchNorm} over the batch (and the length, for `[N, C, L]`).
 *
 * A bias of the linear map before it is cancelled by the subtraction of the mean, so leave it out there.
 *
 * Shape: `[N, C]` or `[N, C, L]` → the same.
 *
 * Attributes: weight γ = 1 and bias β = 0, `[C]`; runningMean 0, runningVar 1, numBatchesTracked 0.
 *
 * Source: Ioffe and Szegedy, arXiv 1502.03167.
 */
export class BatchNorm1d extends BatchNorm {
  protected checkInput(input: Tensor): void {
    if (input.rank !== 2 && input.rank !== 3) throw wrongInput(this.label, '[N, C] or [N, C, L]', input);
  }
}

/**
 * Batch normalisation of images: each channel is one feature, its statistics run over N, H and W.
 *
 * Shape: `[N, C, H, W]` → the same. Attributes as {@link BatchNorm1d}'s.
 *
 * @example
 * ```ts
 * new nn.BatchNorm2d(6).forward(maps).shape; // [100, 6, 24, 24] → the same
 * ```
 */
export class BatchNorm2d extends BatchNorm {
  protected checkInput(input: Tensor): void {
    if (input.rank !== 4) throw wrongInput(this.label, '[N, C, H, W]', input);
  }
}

const wrongInput = (label: string, expected: string, input: Tensor) =>
  new ShapeError(`${label}: expected an input of shape ${expected}, got ${formatShape(input.shape)}`);

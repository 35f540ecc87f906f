import type { Tensor } from '@tensorflow/tfjs-core';
import * as F from '../functional/layerNorm.ts';
import { onesInit, zerosInit } from '../init/initializers.ts';
import { formatShape, ShapeError } from '../tensor/shape.ts';
import { Module, type ModuleOptions } from './module.ts';
import { Parameter } from './parameter.ts';

export interface LayerNormOptions extends ModuleOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Whether γ and β are learned. Default true. */
  readonly elementwiseAffine?: boolean;
  /** Whether there is a β; only with γ. Default true. */
  readonly bias?: boolean;
}

/**
 * Layer normalisation over the last axes; {@link F.layerNorm} has the formula.
 *
 * Shape: `[*, …normalizedShape]` → the same.
 *
 * Attributes: weight γ = 1 and bias β = 0, both of shape `normalizedShape`.
 *
 * @example
 * ```ts
 * new nn.LayerNorm(128).forward(states).shape; // [32, 10, 128] → the same
 * ```
 */
export class LayerNorm extends Module {
  readonly normalizedShape: readonly number[];
  readonly eps: number;
  readonly elementwiseAffine: boolean;
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(normalizedShape: number | readonly number[], options: LayerNormOptions = {}) {
    super();
    const { eps = 1e-5, elementwiseAffine = true, bias = true, backend } = options;
    this.normalizedShape = typeof normalizedShape === 'number' ? [normalizedShape] : normalizedShape;
    this.eps = eps;
    this.elementwiseAffine = elementwiseAffine;
    this.weight = elementwiseAffine ? new Parameter(onesInit(this.normalizedShape), { backend }) : null;
    this.bias = elementwiseAffine && bias ? new Parameter(zerosInit(this.normalizedShape), { backend }) : null;
  }

  forward(input: Tensor): Tensor {
    return F.layerNorm(input, this.normalizedShape, this);
  }

  override extraRepr(): string {
    return `${formatShape(this.normalizedShape)}, eps=${this.eps}, elementwiseAffine=${this.elementwiseAffine}`;
  }
}

export interface GroupNormOptions extends ModuleOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Whether γ and β are learned. Default true. */
  readonly affine?: boolean;
}

/**
 * Group normalisation; {@link F.groupNorm} has the formula.
 *
 * Shape: `[N, numChannels, *]` → the same.
 *
 * Attributes: weight γ = 1 and bias β = 0, `[numChannels]`.
 *
 * @example
 * ```ts
 * new nn.GroupNorm(3, 6).forward(maps).shape; // [20, 6, 10, 10] → the same
 * ```
 */
export class GroupNorm extends Module {
  readonly numGroups: number;
  readonly numChannels: number;
  readonly eps: number;
  readonly affine: boolean;
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(numGroups: number, numChannels: number, options: GroupNormOptions = {}) {
    super();
    const { eps = 1e-5, affine = true, backend } = options;
    if (numChannels % numGroups !== 0) {
      throw new ShapeError(`GroupNorm: expected channels divisible by ${numGroups} groups, got ${numChannels}`);
    }
    this.numGroups = numGroups;
    this.numChannels = numChannels;
    this.eps = eps;
    this.affine = affine;
    this.weight = affine ? new Parameter(onesInit([numChannels]), { backend }) : null;
    this.bias = affine ? new Parameter(zerosInit([numChannels]), { backend }) : null;
  }

  forward(input: Tensor): Tensor {
    return F.groupNorm(input, this.numGroups, this);
  }

  override extraRepr(): string {
    return `${this.numGroups}, ${this.numChannels}, eps=${this.eps}, affine=${this.affine}`;
  }
}

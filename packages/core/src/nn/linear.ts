import type { Tensor } from '@tensorflow/tfjs-core';
import * as F from '../functional/linear.ts';
import { kaimingUniform, uniform } from '../init/initializers.ts';
import { Module, type ModuleOptions } from './module.ts';
import { Parameter } from './parameter.ts';

export interface LinearOptions extends ModuleOptions {
  /** Whether there is a bias. Default true. */
  readonly bias?: boolean;
}

/**
 * A linear map: y = x·Wᵀ + b.
 *
 * Shape: `[*, inFeatures]` → `[*, outFeatures]`.
 *
 * Attributes: weight `[outFeatures, inFeatures]` and bias `[outFeatures]`, both from U(−√k, √k), k = 1/inFeatures.
 *
 * @example
 * ```ts
 * new nn.Linear(20, 30).forward(x).shape; // [128, 20] → [128, 30]
 * ```
 */
export class Linear extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;
  weight: Parameter;
  bias: Parameter | null;

  constructor(inFeatures: number, outFeatures: number, { bias = true, backend }: LinearOptions = {}) {
    super();
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    const bound = inFeatures > 0 ? 1 / Math.sqrt(inFeatures) : 0;
    this.weight = new Parameter(kaimingUniform({ a: Math.sqrt(5) })([outFeatures, inFeatures]), { backend });
    this.bias = bias ? new Parameter(uniform(-bound, bound)([outFeatures]), { backend }) : null;
  }

  forward(input: Tensor): Tensor {
    return F.linear(input, this.weight, this.bias, this);
  }

  override extraRepr(): string {
    return `inFeatures=${this.inFeatures}, outFeatures=${this.outFeatures}, bias=${this.bias !== null}`;
  }
}

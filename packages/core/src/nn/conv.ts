import type { Tensor } from '@tensorflow/tfjs-core';
import * as F from '../functional/conv.ts';
import { kaimingUniform, uniform } from '../init/initializers.ts';
import { pair, ShapeError } from '../tensor/shape.ts';
import { Module, type ModuleOptions } from './module.ts';
import { Parameter } from './parameter.ts';

export interface Conv2dLayerOptions extends Omit<F.Conv2dOptions, 'label'>, ModuleOptions {
  /** Whether there is a bias. Default true. */
  readonly bias?: boolean;
}

/**
 * 2-D convolution (cross-correlation) over images of several channels; {@link F.conv2d} has the formula.
 *
 * Shape: `[N, inChannels, H, W]` or `[inChannels, H, W]` → `[N, outChannels, Ho, Wo]`,
 * Ho = ⌊(H + 2·padding − dilation·(kernelSize − 1) − 1)/stride⌋ + 1.
 *
 * Attributes: weight `[outChannels, inChannels/groups, kh, kw]` and bias `[outChannels]`, both from U(−√k, √k),
 * k = groups/(inChannels·kh·kw).
 *
 * @example
 * ```ts
 * new nn.Conv2d(1, 6, 5).forward(images).shape; // [100, 1, 28, 28] → [100, 6, 24, 24]
 * ```
 */
export class Conv2d extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: F.Pair | 'same' | 'valid';
  readonly dilation: readonly [number, number];
  readonly groups: number;
  weight: Parameter;
  bias: Parameter | null;

  constructor(inChannels: number, outChannels: number, kernelSize: F.Pair, options: Conv2dLayerOptions = {}) {
    super();
    const { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true, backend } = options;
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new ShapeError(
        `Conv2d: expected channels divisible by groups, got inChannels ${inChannels}, outChannels ${outChannels}, groups ${groups}`,
      );
    }
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = pair('Conv2d', 'kernelSize', kernelSize, 1);
    this.stride = pair('Conv2d', 'stride', stride, 1);
    this.padding = padding;
    this.dilation = pair('Conv2d', 'dilation', dilation, 1);
    this.groups = groups;
    // Refuses a padding that cannot be, now rather than at the first image.
    F.resolvePadding('Conv2d', padding, this.kernelSize, this.stride, this.dilation);
    const shape = [outChannels, inChannels / groups, ...this.kernelSize];
    const bound = 1 / Math.sqrt((inChannels / groups) * this.kernelSize[0] * this.kernelSize[1]);
    this.weight = new Parameter(kaimingUniform({ a: Math.sqrt(5) })(shape), { backend });
    this.bias = bias ? new Parameter(uniform(-bound, bound)([outChannels]), { backend }) : null;
  }

  forward(input: Tensor): Tensor {
    return F.conv2d(input, this.weight, this.bias, this);
  }

  override extraRepr(): string {
    const parts = [
      `${this.inChannels}, ${this.outChannels}, kernelSize=${show(this.kernelSize)}, stride=${show(this.stride)}`,
    ];
    if (this.padding !== 0) parts.push(`padding=${show(this.padding)}`);
    if (this.dilation.some((step) => step !== 1)) parts.push(`dilation=${show(this.dilation)}`);
    if (this.groups !== 1) parts.push(`groups=${this.groups}`);
    if (this.bias === null) parts.push('bias=false');
    return parts.join(', ');
  }
}

const show = (value: F.Pair | string): string =>
  typeof value === 'string' ? `'${value}'` : typeof value === 'number' ? `${value}` : `[${value.join(', ')}]`;

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
    checkGroups('Conv2d', inChannels, outChannels, groups);
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
    return describe(this, this.padding === 0 ? [] : [`padding=${show(this.padding)}`]);
  }
}

export interface Conv1dLayerOptions extends Omit<F.Conv1dOptions, 'label'>, ModuleOptions {
  /** Whether there is a bias. Default true. */
  readonly bias?: boolean;
}

/**
 * 1-D convolution (cross-correlation) over signals of several channels; {@link F.conv1d} has the details.
 *
 * Shape: `[N, inChannels, L]` or `[inChannels, L]` → `[N, outChannels, Lo]`,
 * Lo = ⌊(L + 2·padding − dilation·(kernelSize − 1) − 1)/stride⌋ + 1.
 *
 * Attributes: weight `[outChannels, inChannels/groups, k]` and bias `[outChannels]`, both from U(−√b, √b),
 * b = groups/(inChannels·k).
 *
 * @example
 * ```ts
 * new nn.Conv1d(16, 33, 3, { stride: 2 }).forward(signals).shape; // [20, 16, 50] → [20, 33, 24]
 * ```
 */
export class Conv1d extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number | 'same' | 'valid';
  readonly dilation: number;
  readonly groups: number;
  weight: Parameter;
  bias: Parameter | null;

  constructor(inChannels: number, outChannels: number, kernelSize: number, options: Conv1dLayerOptions = {}) {
    super();
    const { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true, backend } = options;
    checkGroups('Conv1d', inChannels, outChannels, groups);
    const window = { kernelSize, stride, dilation };
    for (const [name, value] of Object.entries(window)) pair('Conv1d', name, value, 1);
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = kernelSize;
    this.stride = stride;
    this.padding = padding;
    this.dilation = dilation;
    this.groups = groups;
    F.resolvePadding('Conv1d', padding, [kernelSize, kernelSize], [stride, stride], [dilation, dilation]);
    const bound = 1 / Math.sqrt((inChannels / groups) * kernelSize);
    const shape = [outChannels, inChannels / groups, kernelSize];
    this.weight = new Parameter(kaimingUniform({ a: Math.sqrt(5) })(shape), { backend });
    this.bias = bias ? new Parameter(uniform(-bound, bound)([outChannels]), { backend }) : null;
  }

  forward(input: Tensor): Tensor {
    return F.conv1d(input, this.weight, this.bias, this);
  }

  override extraRepr(): string {
    return describe(this, this.padding === 0 ? [] : [`padding=${show(this.padding)}`]);
  }
}

export interface ConvTranspose2dLayerOptions extends Omit<F.ConvTranspose2dOptions, 'label'>, ModuleOptions {
  /** Whether there is a bias. Default true. */
  readonly bias?: boolean;
}

/**
 * Transposed 2-D convolution; {@link F.convTranspose2d} has the details.
 *
 * Shape: `[N, inChannels, H, W]` or `[inChannels, H, W]` → `[N, outChannels, Ho, Wo]`,
 * Ho = (H − 1)·stride − 2·padding + dilation·(kernelSize − 1) + outputPadding + 1.
 *
 * Attributes: weight `[inChannels, outChannels/groups, kh, kw]` and bias `[outChannels]`, both from U(−√k, √k),
 * k = groups/(outChannels·kh·kw).
 *
 * @example
 * ```ts
 * new nn.ConvTranspose2d(8, 4, 2, { stride: 2 }).forward(maps).shape; // [1, 8, 14, 14] → [1, 4, 28, 28]
 * ```
 */
export class ConvTranspose2d extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly outputPadding: readonly [number, number];
  readonly groups: number;
  readonly dilation: readonly [number, number];
  weight: Parameter;
  bias: Parameter | null;

  constructor(inChannels: number, outChannels: number, kernelSize: F.Pair, options: ConvTranspose2dLayerOptions = {}) {
    super();
    const { stride = 1, padding = 0, outputPadding = 0, groups = 1, bias = true, dilation = 1, backend } = options;
    checkGroups('ConvTranspose2d', inChannels, outChannels, groups);
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = pair('ConvTranspose2d', 'kernelSize', kernelSize, 1);
    this.stride = pair('ConvTranspose2d', 'stride', stride, 1);
    this.padding = pair('ConvTranspose2d', 'padding', padding, 0);
    this.outputPadding = pair('ConvTranspose2d', 'outputPadding', outputPadding, 0);
    this.groups = groups;
    this.dilation = pair('ConvTranspose2d', 'dilation', dilation, 1);
    const shape = [inChannels, outChannels / groups, ...this.kernelSize];
    const bound = 1 / Math.sqrt((outChannels / groups) * this.kernelSize[0] * this.kernelSize[1]);
    this.weight = new Parameter(kaimingUniform({ a: Math.sqrt(5) })(shape), { backend });
    this.bias = bias ? new Parameter(uniform(-bound, bound)([outChannels]), { backend }) : null;
  }

  forward(input: Tensor): Tensor {
    return F.convTranspose2d(input, this.weight, this.bias, this);
  }

  override extraRepr(): string {
    const { padding, outputPadding } = this;
    const sizes = Object.entries({ padding, outputPadding }).filter(([, value]) => value.some((size) => size !== 0));
    return describe(
      this,
      sizes.map(([name, value]) => `${name}=${show(value)}`),
    );
  }
}

function checkGroups(layer: string, inChannels: number, outChannels: number, groups: number): void {
  if (inChannels % groups !== 0 || outChannels % groups !== 0) {
    throw new ShapeError(
      `${layer}: expected channels divisible by groups, got inChannels ${inChannels}, outChannels ${outChannels}, groups ${groups}`,
    );
  }
}

interface Described {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: F.Pair;
  readonly stride: F.Pair;
  readonly dilation: F.Pair;
  readonly groups: number;
  readonly bias: Parameter | null;
}

/** The arguments of a convolution, those that are the default left out. */
function describe(layer: Described, padding: readonly string[]): string {
  const { inChannels, outChannels, kernelSize, stride, dilation, groups, bias } = layer;
  const parts = [`${inChannels}, ${outChannels}, kernelSize=${show(kernelSize)}, stride=${show(stride)}`, ...padding];
  const dilated = typeof dilation === 'number' ? dilation !== 1 : dilation.some((step) => step !== 1);
  if (dilated) parts.push(`dilation=${show(dilation)}`);
  if (groups !== 1) parts.push(`groups=${groups}`);
  if (bias === null) parts.push('bias=false');
  return parts.join(', ');
}

const show = (value: F.Pair | string): string =>
  typeof value === 'string' ? `'${value}'` : typeof value === 'number' ? `${value}` : `[${value.join(', ')}]`;

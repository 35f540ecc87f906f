import { outputSize, type WindowOptions } from '../ops/geometry.ts';
import { parameterArithmetic, windowArithmetic } from '../summary/sizeArithmetic.ts';
import type { ConvolutionMode } from './borders.ts';

/** A number, and how it comes about: `⌊(28 − 5 + 2·0)/1⌋ + 1 = 24`. */
export interface WorkedOut {
  readonly value: number;
  readonly arithmetic: string;
}

function wholeNumber(value: number, name: string, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`${name} is ${value}, expected a whole number of at least ${least}`);
  }
}

/**
 * How many elements a 1-D discrete convolution (or one axis of a full or valid 2-D one) has: full M + N − 1, same
 * max(M, N) (NumPy's rule), valid |M − N| + 1.
 *
 * @example
 * ```ts
 * convolutionLength(5, 3, 'full'); // { value: 7, arithmetic: '5 + 3 − 1 = 7' }
 * ```
 */
export function convolutionLength(m: number, n: number, mode: ConvolutionMode = 'full'): WorkedOut {
  wholeNumber(m, 'the length of f', 1);
  wholeNumber(n, 'the length of g', 1);
  switch (mode) {
    case 'full':
      return { value: m + n - 1, arithmetic: `${m} + ${n} − 1 = ${m + n - 1}` };
    case 'same':
      return { value: Math.max(m, n), arithmetic: `max(${m}, ${n}) = ${Math.max(m, n)}` };
    case 'valid':
      return { value: Math.abs(m - n) + 1, arithmetic: `|${m} − ${n}| + 1 = ${Math.abs(m - n) + 1}` };
    default:
      throw new RangeError(`mode is '${String(mode)}', expected 'full', 'same' or 'valid'`);
  }
}

/**
 * One side of a convolution layer's output, N = ⌊(W − (D·(F − 1) + 1) + P)/S⌋ + 1, with the numbers in the formula.
 *
 * @param size - W, the input's side, in pixels.
 * @param kernel - F, the kernel's side, in pixels.
 * @param options - `stride` S, `padding` at both ends (P is their sum) and `dilation` D.
 * @throws RangeError if a number is not whole or the kernel reaches beyond the padded input.
 *
 * @example
 * ```ts
 * convolutionOutputSize(28, 5).arithmetic; // '⌊(28 − 5 + 2·0)/1⌋ + 1 = 24'
 * ```
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
 */
export function convolutionOutputSize(
  size: number,
  kernel: number,
  { stride = 1, padding = [0, 0], dilation = 1 }: Omit<WindowOptions, 'ceilMode'> = {},
): WorkedOut {
  wholeNumber(size, 'size', 1);
  wholeNumber(kernel, 'kernel', 1);
  wholeNumber(stride, 'stride', 1);
  wholeNumber(dilation, 'dilation', 1);
  for (const zeros of padding) wholeNumber(zeros, 'padding', 0);
  const value = outputSize(size, kernel, { stride, padding, dilation });
  const span = size + padding[0] + padding[1];
  const reach = dilation * (kernel - 1) + 1;
  if (value < 1)
    throw new RangeError(`the kernel reaches over ${reach} pixels, expected at most the padded input's ${span}`);
  return { value, arithmetic: windowArithmetic(size, kernel, stride, padding, dilation, value) };
}

export interface ConvolutionParameters {
  readonly inChannels: number;
  readonly outChannels: number;
  /** The kernel's sides: one for a 1-D layer, two for a 2-D one. */
  readonly kernelSize: readonly number[];
  readonly groups?: number;
  readonly bias?: boolean;
}

/**
 * How many parameters a convolution layer has: outChannels·(inChannels/groups)·∏ kernelSize, and outChannels for the
 * bias.
 *
 * @throws RangeError if a number is not whole or `groups` does not divide both numbers of channels.
 *
 * @example
 * ```ts
 * convolutionParameterCount({ inChannels: 1, outChannels: 6, kernelSize: [5, 5] }).arithmetic; // '6·1·5·5 + 6 = 156'
 * ```
 */
export function convolutionParameterCount({
  inChannels,
  outChannels,
  kernelSize,
  groups = 1,
  bias = true,
}: ConvolutionParameters): WorkedOut {
  wholeNumber(inChannels, 'inChannels', 1);
  wholeNumber(outChannels, 'outChannels', 1);
  wholeNumber(groups, 'groups', 1);
  for (const side of kernelSize) wholeNumber(side, 'kernelSize', 1);
  if (inChannels % groups !== 0 || outChannels % groups !== 0) {
    throw new RangeError(
      `groups is ${groups}, expected a divisor of inChannels (${inChannels}) and outChannels (${outChannels})`,
    );
  }
  const weight = [outChannels, inChannels / groups, ...kernelSize];
  return {
    value: weight.reduce((product, side) => product * side, 1) + (bias ? outChannels : 0),
    arithmetic: parameterArithmetic(bias ? [weight, [outChannels]] : [weight]),
  };
}

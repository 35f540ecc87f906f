import { batchNorm } from '../ops/batchNorm.ts';
import { type Conv2dAttributes, conv2d } from '../ops/conv2d.ts';
import { type CrossEntropyAttributes, crossEntropy } from '../ops/crossEntropy.ts';
import { outputSize, type Padding2d, type Size2d } from '../ops/geometry.ts';
import { linear } from '../ops/linear.ts';
import { linearCrossEntropy } from '../ops/linearCrossEntropy.ts';
import { maxPool2d } from '../ops/maxPool2d.ts';
import { relu } from '../ops/relu.ts';
import { type HostArray, hostArray } from '../tensor/hostArray.ts';
import type { ConformanceCase } from './case.ts';
import { classValues, mappedValues, normalValues } from './values.ts';

type Shape4d = readonly [number, number, number, number];

function conv2dCase(
  title: string,
  input: Shape4d,
  weight: Shape4d,
  options: Partial<Conv2dAttributes> = {},
  bias = true,
): ConformanceCase {
  const attributes = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1, ...options } as const;
  const inputs = {
    input: normalValues(1, input),
    weight: normalValues(2, weight),
    ...(bias && { bias: normalValues(3, [weight[0]]) }),
  };
  return {
    op: 'flambeau::conv2d',
    title,
    inputs,
    differentiable: Object.keys(inputs),
    compute: ({ input, weight, bias }) => conv2d({ input, weight, bias }, attributes),
  };
}

const conv2dCases = [
  conv2dCase("the notes' first layer", [3, 1, 28, 28], [6, 1, 5, 5]),
  conv2dCase("the notes' second layer", [3, 6, 12, 12], [12, 6, 5, 5]),
  conv2dCase('one image, one pixel out', [1, 2, 3, 3], [4, 2, 3, 3]),
  conv2dCase('1×1 kernel', [2, 5, 7, 6], [3, 5, 1, 1]),
  conv2dCase('no bias', [2, 3, 8, 9], [4, 3, 3, 3], {}, false),
  conv2dCase('padding on all sides', [2, 3, 6, 7], [5, 3, 3, 3], { padding: [1, 1, 1, 1] }),
  conv2dCase("'same' with an even kernel", [2, 3, 6, 7], [5, 3, 4, 2], { padding: [1, 2, 0, 1] }),
  conv2dCase('stride above the kernel', [2, 3, 11, 13], [4, 3, 2, 2], { stride: [3, 4] }),
  conv2dCase('stride that leaves rows over', [2, 3, 10, 9], [4, 3, 3, 3], { stride: [2, 2] }),
  conv2dCase('dilation', [2, 3, 11, 12], [4, 3, 3, 2], { dilation: [2, 3] }),
  conv2dCase('dilation beside stride and padding', [2, 3, 12, 11], [4, 3, 3, 3], {
    dilation: [2, 2],
    stride: [2, 3],
    padding: [2, 2, 2, 2],
  }),
  conv2dCase('groups', [2, 6, 9, 8], [4, 3, 3, 3], { groups: 2 }),
  conv2dCase('depthwise', [2, 4, 9, 8], [8, 1, 3, 3], { groups: 4, padding: [1, 1, 1, 1] }),
  conv2dCase('more channels than a block', [1, 17, 6, 6], [19, 17, 3, 3]),
];

function maxPool2dCase(
  title: string,
  input: HostArray<'float32'>,
  kernelSize: Size2d,
  { stride = kernelSize, padding = [0, 0, 0, 0], dilation = [1, 1], ceilMode = false }: PoolOptions = {},
): ConformanceCase {
  const side = (axis: 0 | 1) =>
    outputSize(input.shape[2 + axis], kernelSize[axis], {
      stride: stride[axis],
      padding: [padding[2 * axis], padding[2 * axis + 1]],
      dilation: dilation[axis],
      ceilMode,
    });
  const size = [side(0), side(1)] as const;
  const attributes = { kernelSize, stride, padding, dilation, outputSize: size, inputShape: input.shape };
  return {
    op: 'flambeau::max_pool2d',
    title,
    inputs: { input },
    differentiable: ['input'],
    compute: ({ input }) => maxPool2d({ input }, attributes, 2),
  };
}

interface PoolOptions {
  readonly stride?: Size2d;
  readonly padding?: Padding2d;
  readonly dilation?: Size2d;
  readonly ceilMode?: boolean;
}

const infinite = (value: number) => (value < 0 ? Number.NEGATIVE_INFINITY : value);

const maxPool2dCases = [
  maxPool2dCase("the notes' layers", normalValues(4, [2, 6, 24, 24]), [2, 2]),
  maxPool2dCase('odd sizes leave a row and a column over', normalValues(4, [2, 3, 7, 9]), [2, 2]),
  maxPool2dCase('overlapping windows', normalValues(4, [2, 3, 8, 7]), [3, 3], { stride: [2, 1] }),
  maxPool2dCase('stride above the kernel', normalValues(4, [1, 3, 11, 13]), [2, 3], { stride: [4, 5] }),
  maxPool2dCase(
    'windows that are all negative, padded',
    mappedValues(4, [2, 3, 6, 6], (x) => -1 - Math.abs(x)),
    [3, 3],
    {
      stride: [2, 2],
      padding: [1, 1, 1, 1],
    },
  ),
  maxPool2dCase('windows of minus infinity, padded', mappedValues(4, [2, 2, 5, 5], infinite), [3, 3], {
    stride: [1, 1],
    padding: [1, 1, 1, 1],
  }),
  maxPool2dCase('equal values: the first wins', mappedValues(4, [2, 2, 6, 6], Math.sign), [2, 2]),
  maxPool2dCase('dilation', normalValues(4, [2, 3, 9, 9]), [2, 2], { stride: [1, 2], dilation: [3, 2] }),
  maxPool2dCase('ceil mode', normalValues(4, [2, 3, 8, 7]), [3, 3], { stride: [2, 2], ceilMode: true }),
];

function linearCase(
  title: string,
  rows: number,
  inFeatures: number,
  outFeatures: number,
  bias = true,
): ConformanceCase {
  const inputs = {
    input: normalValues(5, [rows, inFeatures]),
    weight: normalValues(6, [outFeatures, inFeatures]),
    ...(bias && { bias: normalValues(7, [outFeatures]) }),
  };
  return {
    op: 'flambeau::linear',
    title,
    inputs,
    differentiable: Object.keys(inputs),
    compute: ({ input, weight, bias }) => linear({ input, weight, bias }, {}),
  };
}

const linearCases = [
  linearCase("the notes' first layer", 100, 192, 120),
  linearCase('one row', 1, 60, 10),
  linearCase('one feature', 3, 1, 1),
  linearCase('no bias', 5, 7, 9, false),
  linearCase('sizes beside every block edge', 17, 33, 15),
];

function batchNormCase(title: string, shape: readonly number[], values?: HostArray<'float32'>): ConformanceCase {
  return {
    op: 'flambeau::batch_norm',
    title,
    inputs: {
      input: values ?? normalValues(8, shape),
      weight: normalValues(9, [shape[1]]),
      bias: normalValues(10, [shape[1]]),
    },
    differentiable: ['input', 'weight', 'bias'],
    compute: ({ input, weight, bias }) => batchNorm({ input, weight, bias }, { eps: 1e-5 }),
  };
}

const batchNormCases = [
  batchNormCase('features', [7, 5]),
  batchNormCase('three rows, one feature', [3, 1]),
  batchNormCase('sequences', [3, 4, 5]),
  batchNormCase('images', [3, 6, 5, 7]),
  {
    ...batchNormCase(
      'a mean far above the deviation',
      [64, 3],
      mappedValues(8, [64, 3], (x) => 100 + x),
    ),
    // In float32 the values themselves, and so the reference, are known to 4e-6 of the deviation.
    tolerance: 1e-4,
  },
];

function crossEntropyCase(
  title: string,
  shape: readonly [number, number],
  options: Partial<CrossEntropyAttributes> = {},
  { weighted = false, target = classValues(12, [shape[0]], shape[1]), input = normalValues(11, shape) } = {},
): ConformanceCase {
  const attributes = { ignoreIndex: -100, labelSmoothing: 0, reduction: 'mean', ...options } as const;
  const weight = weighted
    ? mappedValues(13, [shape[1]], (x) => Math.abs(x) + 0.1)
    : hostArray('float32', [shape[1]], new Float32Array(shape[1]).fill(1));
  return {
    op: 'flambeau::cross_entropy',
    title,
    inputs: { input, target, weight },
    differentiable: ['input'],
    compute: ({ input, target, weight }) => crossEntropy({ input, target, weight }, attributes),
  };
}

const edges = hostArray('int32', [4], Int32Array.of(0, 9, 9, 0));
const ignored = hostArray('int32', [5], Int32Array.of(3, -100, 2, -100, 0));

const twos = hostArray('int32', [5], Int32Array.of(2, 2, 2, 2, 2));

const crossEntropyCases = [
  crossEntropyCase("the notes' loss", [100, 10]),
  crossEntropyCase('labels at both edges', [4, 10], {}, { target: edges }),
  crossEntropyCase('one class', [3, 1]),
  crossEntropyCase('sum', [7, 5], { reduction: 'sum' }),
  crossEntropyCase('unreduced', [7, 5], { reduction: 'none' }),
  crossEntropyCase('class weights', [9, 5], {}, { weighted: true }),
  crossEntropyCase('ignored targets', [5, 4], {}, { target: ignored }),
  crossEntropyCase(
    'ignored targets, class weights and smoothing',
    [5, 4],
    { labelSmoothing: 0.2 },
    { target: ignored, weighted: true },
  ),
  crossEntropyCase('label smoothing, unreduced', [6, 5], { labelSmoothing: 0.1, reduction: 'none' }),
  crossEntropyCase('logits too large for exp', [4, 10], {}, { input: mappedValues(11, [4, 10], (x) => 200 * x) }),
];

function linearCrossEntropyCase(
  title: string,
  [rows, features, classes]: readonly [number, number, number],
  options: Partial<CrossEntropyAttributes> = {},
  { bias = true, target = classValues(15, [rows], classes) } = {},
): ConformanceCase {
  const attributes = { ignoreIndex: -100, labelSmoothing: 0, reduction: 'mean', ...options } as const;
  const float = {
    input: normalValues(16, [rows, features]),
    linearWeight: normalValues(17, [classes, features]),
    ...(bias && { linearBias: normalValues(18, [classes]) }),
  };
  return {
    op: 'flambeau::linear_cross_entropy',
    title,
    inputs: { ...float, target, weight: mappedValues(19, [classes], (x) => Math.abs(x) + 0.1) },
    differentiable: Object.keys(float),
    compute: (inputs) => linearCrossEntropy(inputs as never, attributes, 2),
  };
}

const linearCrossEntropyCases = [
  linearCrossEntropyCase('every row counts', [9, 7, 21]),
  linearCrossEntropyCase('some rows are ignored', [5, 6, 13], {}, { target: ignored }),
  linearCrossEntropyCase('no row counts, summed', [5, 6, 4], { ignoreIndex: 2, reduction: 'sum' }, { target: twos }),
  linearCrossEntropyCase(
    'unreduced, smoothed, no bias',
    [5, 3, 6],
    { reduction: 'none', labelSmoothing: 0.1 },
    { bias: false, target: ignored },
  ),
];

const reluCases: ConformanceCase[] = [
  {
    op: 'flambeau::relu',
    title: 'both signs, zeros of both signs and infinities',
    inputs: {
      input: hostArray('float32', [9], Float32Array.of(-2, -0, 0, 1e-30, -1e-30, 3, Number.POSITIVE_INFINITY, -5, 7)),
    },
    differentiable: ['input'],
    compute: ({ input }) => relu({ input }, {}),
  },
  {
    op: 'flambeau::relu',
    title: 'maps',
    inputs: { input: normalValues(14, [2, 3, 5, 7]) },
    differentiable: ['input'],
    compute: ({ input }) => relu({ input }, {}),
  },
];

/** The ops that this package defines. */
export const opCases: readonly ConformanceCase[] = [
  ...conv2dCases,
  ...maxPool2dCases,
  ...linearCases,
  ...batchNormCases,
  ...crossEntropyCases,
  ...linearCrossEntropyCases,
  ...reluCases,
];

import type { Tensor } from '@tensorflow/tfjs-core';
import * as F from '../functional/index.ts';
import type { HostArray } from '../tensor/hostArray.ts';
import type { ConformanceCase } from './case.ts';
import { classValues, mappedValues, normalValues } from './values.ts';

type Inputs = Readonly<Record<string, Tensor>>;

function layerCase(
  op: string,
  title: string,
  inputs: Readonly<Record<string, HostArray>>,
  compute: (inputs: Inputs) => Tensor,
  differentiable = Object.keys(inputs),
): ConformanceCase {
  return { op: `flambeau::${op}`, title, inputs, differentiable, compute: (tensors) => [compute(tensors)] };
}

const images = normalValues(60, [2, 4, 7, 9]);
const rows = normalValues(61, [5, 9]);
const numbers = normalValues(62, [37]);
const channels = { weight: normalValues(63, [4]), bias: normalValues(64, [4]) };

const convTranspose2dCase = (
  title: string,
  weight: readonly [number, number, number, number],
  options: F.ConvTranspose2dOptions = {},
) =>
  layerCase(
    'conv_transpose2d',
    title,
    {
      input: images,
      weight: normalValues(65, weight),
      bias: normalValues(66, [weight[1] * (options.groups ?? 1)]),
    },
    ({ input, weight, bias }) => F.convTranspose2d(input, weight, bias, options),
  );

const convTranspose2dCases = [
  convTranspose2dCase('plain', [4, 3, 3, 3]),
  convTranspose2dCase('stride and output padding', [4, 3, 3, 3], { stride: 2, padding: 1, outputPadding: 1 }),
  convTranspose2dCase('groups and dilation', [4, 3, 2, 3], { groups: 2, dilation: [2, 1], stride: [1, 2] }),
  convTranspose2dCase('output padding above the stride', [4, 2, 2, 2], { dilation: 3, outputPadding: 2 }),
];

const poolCases = [
  layerCase('avg_pool2d', '2×2', { input: images }, ({ input }) => F.avgPool2d(input, 2)),
  layerCase('avg_pool2d', 'padding that does not count, ceil mode', { input: images }, ({ input }) =>
    F.avgPool2d(input, [4, 3], { stride: [3, 2], padding: [2, 1], ceilMode: true, countIncludePad: false }),
  ),
  layerCase('avg_pool2d', 'windows that overlap, a divisor', { input: images }, ({ input }) =>
    F.avgPool2d(input, 3, { stride: [1, 2], divisorOverride: 5 }),
  ),
  layerCase('adaptive_avg_pool2d', '1×1', { input: images }, ({ input }) => F.adaptiveAvgPool2d(input, 1)),
  layerCase('adaptive_avg_pool2d', '3×4', { input: images }, ({ input }) => F.adaptiveAvgPool2d(input, [3, 4])),
  layerCase('adaptive_max_pool2d', '3×4', { input: images }, ({ input }) => F.adaptiveMaxPool2d(input, [3, 4])),
  layerCase('adaptive_max_pool2d', 'ties', { input: mappedValues(67, [1, 2, 6, 6], Math.sign) }, ({ input }) =>
    F.adaptiveMaxPool2d(input, 4),
  ),
];

const normCases = [
  layerCase(
    'layer_norm',
    'rows',
    { input: rows, weight: normalValues(68, [9]), bias: normalValues(69, [9]) },
    ({ input, weight, bias }) => F.layerNorm(input, [9], { weight, bias }),
  ),
  layerCase('layer_norm', 'images, nothing learned', { input: images }, ({ input }) => F.layerNorm(input, [7, 9])),
  layerCase(
    'layer_norm',
    'more rows and columns than a part',
    { input: normalValues(79, [131, 37]), weight: normalValues(80, [37]), bias: normalValues(81, [37]) },
    ({ input, weight, bias }) => F.layerNorm(input, [37], { weight, bias }),
  ),
  layerCase(
    'group_norm',
    'groups of features',
    { input: normalValues(82, [5, 6]), weight: normalValues(83, [6]), bias: normalValues(84, [6]) },
    ({ input, weight, bias }) => F.groupNorm(input, 2, { weight, bias }),
  ),
  layerCase('group_norm', 'two groups', { input: images, ...channels }, ({ input, weight, bias }) =>
    F.groupNorm(input, 2, { weight, bias }),
  ),
];

const embeddingCase = (title: string, shape: readonly number[], paddingIdx: number | null) =>
  layerCase(
    'embedding',
    title,
    { weight: normalValues(70, [7, 5]), indices: classValues(71, shape, 7) },
    ({ weight, indices }) => F.embedding(indices, weight, { paddingIdx }),
    ['weight'],
  );

const embeddingCases = [embeddingCase('words, some twice', [3, 6], null), embeddingCase('a row for padding', [20], 3)];

const activationCases = [
  layerCase('gelu', 'exact', { input: numbers }, ({ input }) => F.gelu(input)),
  layerCase('gelu', 'by tanh', { input: numbers }, ({ input }) => F.gelu(input, { approximate: 'tanh' })),
  layerCase('silu', '37 numbers', { input: numbers }, ({ input }) => F.silu(input)),
  layerCase('sigmoid', '37 numbers', { input: numbers }, ({ input }) => F.sigmoid(input)),
  layerCase('tanh', '37 numbers', { input: numbers }, ({ input }) => F.tanh(input)),
  layerCase('leaky_relu', '37 numbers', { input: numbers }, ({ input }) => F.leakyRelu(input, { negativeSlope: 0.3 })),
];

const target = normalValues(72, [5, 9]);
const share = mappedValues(73, [5, 9], (x) => 1 / (1 + Math.exp(-x)));

const lossCases = [
  layerCase(
    'nll_loss',
    'class weights',
    { input: rows, target: classValues(74, [5], 9), weight: mappedValues(75, [9], Math.abs) },
    ({ input, target, weight }) => F.nllLoss(input, target, { weight }),
    ['input'],
  ),
  layerCase(
    'nll_loss',
    'unreduced',
    { input: rows, target: classValues(74, [5], 9) },
    ({ input, target }) => F.nllLoss(input, target, { reduction: 'none' }),
    ['input'],
  ),
  layerCase(
    'binary_cross_entropy',
    'probabilities',
    { input: mappedValues(76, [5, 9], (x) => 1 / (1 + Math.exp(-x))), target: share },
    ({ input, target }) => F.binaryCrossEntropy(input, target),
  ),
  layerCase(
    'binary_cross_entropy_with_logits',
    'a positive weight for each class',
    { input: mappedValues(77, [5, 9], (x) => 30 * x), target: share, posWeight: mappedValues(78, [9], Math.abs) },
    ({ input, target, posWeight }) => F.binaryCrossEntropyWithLogits(input, target, { posWeight }),
    ['input', 'target'],
  ),
  layerCase('smooth_l1_loss', 'both parts', { input: rows, target }, ({ input, target }) =>
    F.smoothL1Loss(input, target, { reduction: 'none' }),
  ),
  layerCase('smooth_l1_loss', 'no parabola', { input: rows, target }, ({ input, target }) => F.l1Loss(input, target)),
];

/** The layers and losses beyond the notes' CNN, called as functions. */
export const layerCases: readonly ConformanceCase[] = [
  ...convTranspose2dCases,
  ...poolCases,
  ...normCases,
  ...embeddingCases,
  ...activationCases,
  ...lossCases,
];

import * as tf from '@tensorflow/tfjs-core';
import { logSoftmax, softmax } from '../functional/activation.ts';
import type { ConformanceCase } from './case.ts';
import { classValues, mappedValues, normalValues } from './values.ts';

function tfjsCase(
  op: string,
  title: string,
  inputs: ConformanceCase['inputs'],
  compute: ConformanceCase['compute'],
  differentiable = Object.keys(inputs),
): ConformanceCase {
  return { op, title, inputs, differentiable, compute };
}

const matMulCases = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB) =>
    tfjsCase(
      'BatchMatMul',
      `${transposeA ? 'Aᵀ' : 'A'}·${transposeB ? 'Bᵀ' : 'B'}`,
      {
        a: normalValues(40, transposeA ? [2, 9, 13] : [2, 13, 9]),
        b: normalValues(41, transposeB ? [2, 17, 9] : [2, 9, 17]),
      },
      ({ a, b }) => [tf.matMul(a, b, transposeA, transposeB)],
    ),
  ),
);

const broadcasts = [
  ['equal shapes', [3, 7], [3, 7]],
  ['a scalar', [3, 7], []],
  ['a row', [5, 3, 7], [7]],
  ['a column', [5, 3, 7], [3, 1]],
  ['both ways', [5, 1, 7], [3, 1]],
] as const;

const arithmetic = {
  Add: tf.add,
  Sub: tf.sub,
  Multiply: tf.mul,
  RealDiv: tf.div,
  Maximum: tf.maximum,
  Minimum: tf.minimum,
};

const arithmeticCases = Object.entries(arithmetic).flatMap(([op, f]) =>
  broadcasts.map(([title, a, b]) =>
    tfjsCase(
      op,
      title,
      { a: normalValues(42, a), b: mappedValues(43, b, (x) => Math.sign(x) * (0.5 + Math.abs(x))) },
      (inputs) => [f(inputs.a, inputs.b)],
    ),
  ),
);

const unary = {
  Exp: tf.exp,
  Log: tf.log,
  Sqrt: tf.sqrt,
  Rsqrt: tf.rsqrt,
  Square: tf.square,
  Neg: tf.neg,
  Tanh: tf.tanh,
  Sigmoid: tf.sigmoid,
};

const unaryCases = Object.entries(unary).map(([op, f]) =>
  tfjsCase(op, '37 numbers', { x: mappedValues(44, [37], (x) => 0.1 + Math.abs(x)) }, ({ x }) => [f(x)]),
);

const axes = [
  ['all axes', undefined],
  ['the last axis', [2]],
  ['the first axis', [0]],
  ['the middle axis', [1]],
  ['the outer axes', [0, 2]],
] as const;

const reductionCases = axes.flatMap(([title, axis]) => {
  const x = normalValues(45, [4, 5, 6]);
  const over = axis === undefined ? undefined : [...axis];
  return [
    tfjsCase('Sum', title, { x }, ({ x }) => [tf.sum(x, over)]),
    tfjsCase('Mean', title, { x }, ({ x }) => [tf.mean(x, over)]),
    tfjsCase('Max', title, { x }, ({ x }) => [tf.max(x, over)]),
  ];
});

const otherCases = [
  tfjsCase('Softmax', 'the last axis', { x: normalValues(46, [5, 11]) }, ({ x }) => [softmax(x)]),
  tfjsCase('Softmax', 'the first axis', { x: normalValues(46, [5, 11]) }, ({ x }) => [softmax(x, { dim: 0 })]),
  tfjsCase('LogSoftmax', 'the last axis', { x: normalValues(46, [5, 11]) }, ({ x }) => [logSoftmax(x)]),
  tfjsCase('ArgMax', 'rows', { x: normalValues(47, [9, 10]) }, ({ x }) => [tf.argMax(x, 1)], []),
  tfjsCase('Transpose', 'four axes', { x: normalValues(48, [2, 3, 4, 5]) }, ({ x }) => [tf.transpose(x, [2, 0, 3, 1])]),
  tfjsCase(
    'Concat',
    'the middle axis',
    { a: normalValues(49, [2, 3, 4]), b: normalValues(50, [2, 5, 4]) },
    ({ a, b }) => [tf.concat([a, b], 1)],
  ),
  tfjsCase('Slice', 'a block', { x: normalValues(51, [4, 5, 6]) }, ({ x }) => [tf.slice(x, [1, 0, 2], [2, 5, 3])]),
  tfjsCase(
    'GatherV2',
    'rows, some twice',
    { x: normalValues(52, [7, 5]), indices: classValues(53, [11], 7) },
    ({ x, indices }) => [tf.gather(x, indices as tf.Tensor1D)],
    ['x'],
  ),
];

/** What models and recipes use of TensorFlow.js's own kernels. */
export const tfjsCases: readonly ConformanceCase[] = [
  ...matMulCases,
  ...arithmeticCases,
  ...unaryCases,
  ...reductionCases,
  ...otherCases,
];

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FLAMBEAU_KERNELS } from '../../src/index.ts';
import { expectClose } from '../reference/close.ts';
import { numericGradient } from '../reference/derivative.ts';
import { generator, randomFloats } from '../reference/numbers.ts';
import { describeOnThreads, runKernel } from '../run.ts';

const EPS = 1e-2;

/** Rows of `length` normalised; `place` says which factor and offset an element has. */
function reference(
  x: ArrayLike<number>,
  length: number,
  weight: ArrayLike<number>,
  bias: ArrayLike<number>,
  place: (at: number) => number,
) {
  const rows = x.length / length;
  const mean = new Float64Array(rows);
  const rstd = new Float64Array(rows);
  for (let at = 0; at < x.length; at++) mean[Math.floor(at / length)]! += x[at]! / length;
  for (let at = 0; at < x.length; at++) {
    const row = Math.floor(at / length);
    rstd[row]! += (x[at]! - mean[row]!) ** 2 / length;
  }
  rstd.forEach((variance, row) => {
    rstd[row] = 1 / Math.sqrt(variance + EPS);
  });
  const output = Float64Array.from({ length: x.length }, (_, at) => {
    const row = Math.floor(at / length);
    return (x[at]! - mean[row]!) * rstd[row]! * weight[place(at)]! + bias[place(at)]!;
  });
  return { output, mean, rstd };
}

interface Norm {
  name: 'layerNorm' | 'groupNorm';
  attrs: object;
  shape: number[];
  /** Elements that are normalised together, side by side. */
  length: number;
  features: number;
  place: (at: number) => number;
  seed: number;
}

/** Forward and gradients of one case against float64. */
function check({ name, attrs, shape, length, features, place, seed }: Norm): void {
  const random = generator(seed);
  const size = shape.reduce((product, side) => product * side, 1);
  const x = randomFloats(size, random).map((value) => value * 2 + 1);
  const weight = randomFloats(features, random);
  // A factor of 0 is one, too.
  if (features > 2) weight[1] = 0;
  const bias = randomFloats(features, random);
  const expected = reference(x, length, weight, bias, place);
  const input = { values: x, shape };
  const weights = { values: weight, shape: [features] };
  const [output, mean, rstd] = runKernel(
    FLAMBEAU_KERNELS[name],
    { input, weight: weights, bias: { values: bias, shape: [features] } },
    attrs,
  );
  expect(output!.shape).toEqual(shape);
  expectClose(output!.values, expected.output, 1e-5, 1);
  expectClose(mean!.values, expected.mean, 1e-6);
  expectClose(rstd!.values, expected.rstd, 1e-5);

  const g = randomFloats(size, random);
  const loss = (values: ArrayLike<number>, factors: ArrayLike<number>, offsets: ArrayLike<number>) =>
    reference(values, length, factors, offsets, place).output.reduce((sum, value, at) => sum + value * g[at]!, 0);
  const rows = size / length;
  const [gradInput, gradWeight, gradBias] = runKernel(
    FLAMBEAU_KERNELS[`${name}Backward`],
    {
      gradOutput: { values: g, shape },
      input,
      mean: { values: mean!.values, shape: [rows] },
      rstd: { values: rstd!.values, shape: [rows] },
      weight: weights,
    },
    attrs,
  );
  const close = (actual: Float32Array, exact: Float64Array) => expectClose(actual, exact, 3e-5, 1);
  close(
    gradInput!.values,
    numericGradient((values) => loss(values, weight, bias), x),
  );
  close(
    gradWeight!.values,
    numericGradient((factors) => loss(x, factors, bias), weight),
  );
  close(
    gradBias!.values,
    numericGradient((offsets) => loss(x, weight, offsets), bias),
  );
}

describeOnThreads('layer and group normalisation', () => {
  test('rows of any length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 2, max: 19 }), fc.nat(), (rows, count, seed) => {
        check({
          ...{ name: 'layerNorm', attrs: { eps: EPS }, shape: [rows, count], length: count, features: count, seed },
          place: (at) => at % count,
        });
      }),
      { numRuns: 20 },
    );
  });

  test('groups of channels, of images and of single features', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(1, 2, 5, 9),
        fc.nat(),
        (batch, groups, perGroup, inner, seed) => {
          const channels = groups * perGroup;
          if (perGroup * inner < 2) return;
          check({
            ...{ name: 'groupNorm', attrs: { eps: EPS, numGroups: groups }, shape: [batch, channels, inner], seed },
            ...{ length: perGroup * inner, features: channels },
            place: (at) => Math.floor(at / inner) % channels,
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  test('many rows: the gradients of factors and offsets add up all of them', () => {
    const [rows, count] = [1000, 6];
    const random = generator(1);
    const g = randomFloats(rows * count, random);
    const [x, ones] = [randomFloats(rows * count, random), new Float32Array(count).fill(1)];
    const exact = reference(x, count, ones, ones, (at) => at % count);
    const [, gradWeight, gradBias] = runKernel(FLAMBEAU_KERNELS.layerNormBackward, {
      gradOutput: { values: g, shape: [rows, count] },
      input: { values: x, shape: [rows, count] },
      mean: { values: exact.mean, shape: [rows] },
      rstd: { values: exact.rstd, shape: [rows] },
      weight: { values: ones, shape: [count] },
    });
    const [weights, biases] = [new Float64Array(count), new Float64Array(count)];
    exact.output.forEach((value, at) => {
      weights[at % count]! += (value - 1) * g[at]!;
      biases[at % count]! += g[at]!;
    });
    expectClose(gradWeight!.values, weights, 1e-6);
    expectClose(gradBias!.values, biases, 1e-6);
  });

  test('numbers far from zero keep their digits', () => {
    const count = 1000;
    const x = randomFloats(3 * count, generator(5)).map((value) => value + 2 ** 18 + 0.3);
    const [ones, zeros] = [new Float32Array(count).fill(1), new Float32Array(count)];
    const exact = reference(x, count, ones, zeros, (at) => at % count);
    const [, mean, rstd] = runKernel(
      FLAMBEAU_KERNELS.layerNorm,
      {
        input: { values: x, shape: [3, count] },
        weight: { values: ones, shape: [count] },
        bias: { values: zeros, shape: [count] },
      },
      { eps: EPS },
    );
    expectClose(mean!.values, exact.mean, 1e-7);
    expectClose(rstd!.values, exact.rstd, 1e-6);
  });

  test('NaN stays in its row', () => {
    const x = new Float32Array(4 * 5).map((_, i) => i % 7);
    x[8] = Number.NaN;
    const ones = { values: [1, 1, 1, 1, 1], shape: [5] };
    const [output] = runKernel(
      FLAMBEAU_KERNELS.layerNorm,
      { input: { values: x, shape: [4, 5] }, weight: ones, bias: ones },
      { eps: EPS },
    );
    output!.values.forEach((value, at) => {
      expect(Number.isNaN(value)).toBe(at >= 5 && at < 10);
    });
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FLAMBEAU_KERNELS, type Reduction } from '../../src/index.ts';
import { expectClose } from '../reference/close.ts';
import { generator, randomFloats } from '../reference/numbers.ts';
import { describeOnThreads, type Result, runKernel, type Values } from '../run.ts';

const cases = fc.record({
  rows: fc.integer({ min: 1, max: 7 }),
  features: fc.integer({ min: 1, max: 9 }),
  classes: fc.integer({ min: 1, max: 40 }),
  reduction: fc.constantFrom<Reduction>('mean', 'sum', 'none'),
  labelSmoothing: fc.constantFrom(0, 0.1),
  weighted: fc.boolean(),
  ignoring: fc.constantFrom(0, 0.4, 1),
  seed: fc.nat(),
});

const IGNORED = -100;

/** A result as an input. */
const given = ({ values, shape }: Result): Values => ({ values, shape });

function draw(rows: number, features: number, classes: number, random: () => number, ignoring: number) {
  const float = (...shape: number[]): Values => ({
    values: randomFloats(
      shape.reduce((a, b) => a * b),
      random,
    ),
    shape,
  });
  const target: Values = {
    values: Array.from({ length: rows }, () => (random() < ignoring ? IGNORED : Math.floor(random() * classes))),
    shape: [rows],
    dtype: 'int32',
  };
  return {
    input: float(rows, features),
    linearWeight: float(classes, features),
    linearBias: float(classes),
    target,
  };
}

describeOnThreads('flambeau::linear_cross_entropy and its gradient', () => {
  test('are those of the linear map and of the cross-entropy, one after the other', () => {
    fc.assert(
      fc.property(cases, ({ rows, features, classes, weighted, ignoring, seed, ...options }) => {
        const random = generator(seed);
        const { input, linearWeight, linearBias, target } = draw(rows, features, classes, random, ignoring);
        const weight = weighted
          ? { values: randomFloats(classes, random).map((value) => value + 1.5), shape: [classes] }
          : undefined;
        const attrs = { ignoreIndex: IGNORED, ...options };
        const [logits] = runKernel(FLAMBEAU_KERNELS.linear, { input, weight: linearWeight, bias: linearBias });
        const plain = runKernel(FLAMBEAU_KERNELS.crossEntropy, { input: given(logits!), target, weight }, attrs);
        const fused = runKernel(
          FLAMBEAU_KERNELS.linearCrossEntropy,
          { input, linearWeight, linearBias, target, weight },
          attrs,
        );
        const [loss, predictions, probabilities, totalWeight] = fused;
        expectClose(loss!.values, plain[0]!.values, 2e-6);
        expectClose(totalWeight!.values, plain[2]!.values, 1e-6);
        const largest = Array.from(target.values, (t, row) => {
          const own = Array.from(logits!.values.subarray(row * classes, (row + 1) * classes));
          return t === IGNORED ? -1 : own.indexOf(Math.max(...own));
        });
        expect(Array.from(predictions!.values)).toEqual(largest);

        const gradOutput = { values: randomFloats(loss!.values.length, random), shape: loss!.shape };
        const common = { gradOutput, target, weight };
        const [ofLogits] = runKernel(
          FLAMBEAU_KERNELS.crossEntropyBackward,
          { ...common, probabilities: given(plain[1]!), totalWeight: given(plain[2]!) },
          attrs,
        );
        const [ofInput, ofWeight, ofBias] = runKernel(
          FLAMBEAU_KERNELS.linearCrossEntropyBackward,
          { ...common, input, linearWeight, probabilities: given(probabilities!), totalWeight: given(totalWeight!) },
          attrs,
        );
        expectClose(ofInput!.values, product(ofLogits!.values, linearWeight.values, [rows, classes, features]), 1e-5);
        const transposed = transpose(ofLogits!.values, rows, classes);
        expectClose(ofWeight!.values, product(transposed, input.values, [classes, rows, features]), 1e-5);
        const ones = new Array<number>(rows).fill(1);
        expectClose(ofBias!.values, product(transposed, ones, [classes, rows, 1]), 1e-5);
      }),
      { numRuns: 40 },
    );
  });

  test('what an ignored row holds is not looked at', () => {
    const { input, linearWeight, linearBias } = draw(3, 4, 5, generator(1), 0);
    const target: Values = { values: [2, IGNORED, 0], shape: [3], dtype: 'int32' };
    const attrs = { ignoreIndex: IGNORED, labelSmoothing: 0, reduction: 'mean' };
    const run = (rows: Values) =>
      runKernel(FLAMBEAU_KERNELS.linearCrossEntropy, { input: rows, linearWeight, linearBias, target }, attrs);
    const spoilt = Float32Array.from(input.values, (value, i) => (i >= 4 && i < 8 ? Number.NaN : value));
    expect(run({ values: spoilt, shape: [3, 4] })).toEqual(run(input));
  });
});

/** a · b, in float64. */
function product(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  [rows, steps, columns]: readonly [number, number, number],
): number[] {
  return Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    let sum = 0;
    for (let k = 0; k < steps; k++) sum += a[row * steps + k]! * b[k * columns + column]!;
    return sum;
  });
}

const transpose = (a: ArrayLike<number>, rows: number, columns: number): number[] =>
  Array.from({ length: rows * columns }, (_, i) => a[(i % rows) * columns + Math.floor(i / rows)]!);

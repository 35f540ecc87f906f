import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FLAMBEAU_KERNELS } from '../../src/index.ts';
import { expectClose } from '../reference/close.ts';
import { generator, randomFloats } from '../reference/numbers.ts';
import { describeOnThreads, runKernel } from '../run.ts';

const shape = (values: ArrayLike<number>) => ({ values, shape: [values.length] });
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

describeOnThreads('losses element by element, and their gradients', () => {
  test.each([0, 0.5, 1, 3])('smooth L1 with beta %f', (beta) => {
    for (const size of [...Array(18).keys(), 200]) {
      const random = generator(size);
      const [x, y, g] = [randomFloats(size, random), randomFloats(size, random), randomFloats(size, random)];
      if (size > 2) y[1] = x[1]!;
      if (size > 4) x[3] = Number.NaN;
      if (size > 6) x[5] = Number.POSITIVE_INFINITY;
      const distance = Array.from(x, (value, i) => value - y[i]!);
      const [losses] = runKernel(FLAMBEAU_KERNELS.smoothL1, { input: shape(x), target: shape(y) }, { beta });
      const loss = (d: number) => (Math.abs(d) < beta ? (d * d) / (2 * beta) : Math.abs(d) - beta / 2);
      expectClose(losses!.values, distance.map(loss), 1e-6, 1);
      const inputs = { gradOutput: shape(g), input: shape(x), target: shape(y) };
      const [back] = runKernel(FLAMBEAU_KERNELS.smoothL1Backward, inputs, { beta });
      const slope = (d: number) => (beta === 0 ? Math.sign(d) : Math.min(Math.max(d / beta, -1), 1));
      expectClose(
        back!.values,
        distance.map((d, i) => g[i]! * slope(d)),
        1e-6,
        1,
      );
    }
  });

  test('binary cross-entropy: logarithms end at −100, small probabilities keep their digits', () => {
    const x = Float32Array.of(0, 1, 0.5, 1e-8, 1 - 2 ** -24, 0.25, 0.9);
    const y = Float32Array.of(1, 0, 0.5, 0, 1, 0.75, 1);
    const [losses] = runKernel(FLAMBEAU_KERNELS.binaryCrossEntropy, { input: shape(x), target: shape(y) });
    const exact = Array.from(x, (p, i) => {
      const [own, other] = [Math.max(Math.log(p), -100), Math.max(Math.log1p(-p), -100)];
      return -(y[i]! * own + (1 - y[i]!) * other);
    });
    losses!.values.forEach((value, i) => {
      expect(value / exact[i]!).toBeCloseTo(1, 5);
    });
    const g = Float32Array.of(1, 1, 2, 1, 1, -1, 1);
    const inputs = { gradOutput: shape(g), input: shape(x), target: shape(y) };
    const [back] = runKernel(FLAMBEAU_KERNELS.binaryCrossEntropyBackward, inputs);
    back!.values.forEach((value, i) => {
      const slope = (g[i]! * (x[i]! - y[i]!)) / Math.max(x[i]! * (1 - x[i]!), 1e-12);
      if (slope === 0) expect(value).toBe(0);
      else expect(value / slope).toBeCloseTo(1, 5);
    });
    const unknown = { input: shape([Number.NaN, 0.5]), target: shape([1, Number.NaN]) };
    expect(Array.from(runKernel(FLAMBEAU_KERNELS.binaryCrossEntropy, unknown)[0]!.values)).toEqual([
      Number.NaN,
      Number.NaN,
    ]);
  });

  test('binary cross-entropy of logits, with a positive weight of any shape that broadcasts', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(),
        fc.constantFrom('one', 'columns', 'rows', 'all'),
        (rows, columns, seed, kind) => {
          const random = generator(seed);
          const count = rows * columns;
          const x = randomFloats(count, random).map((value) => value * 40);
          const y = randomFloats(count, random).map((value) => Math.abs(value));
          const g = randomFloats(count, random);
          const shapes = { one: [], columns: [columns], rows: [rows, 1], all: [rows, columns] } as const;
          const weights = randomFloats(
            shapes[kind].reduce((a: number, b) => a * b, 1),
            random,
          ).map((value) => 2 * Math.abs(value));
          const weightAt = (i: number) => {
            const row = Math.floor(i / columns);
            return weights[{ one: 0, columns: i % columns, rows: row, all: i }[kind]]!;
          };
          const matrix = (values: ArrayLike<number>) => ({ values, shape: [rows, columns] });
          const inputs = {
            input: matrix(x),
            target: matrix(y),
            posWeight: { values: weights, shape: [...shapes[kind]] },
          };
          const [losses] = runKernel(FLAMBEAU_KERNELS.binaryCrossEntropyWithLogits, inputs);
          expectClose(
            losses!.values,
            Array.from(x, (value, i) => weightAt(i) * y[i]! * softplus(-value) + (1 - y[i]!) * softplus(value)),
            4e-6,
            1,
          );
          const name = FLAMBEAU_KERNELS.binaryCrossEntropyWithLogitsBackward;
          const [back] = runKernel(name, { ...inputs, gradOutput: matrix(g) });
          expectClose(
            back!.values,
            Array.from(x, (value, i) => {
              const weighed = weightAt(i) * y[i]!;
              return g[i]! * ((weighed + 1 - y[i]!) * sigmoid(value) - weighed);
            }),
            4e-6,
            1,
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each(['mean', 'sum', 'none'] as const)('negative log-likelihood, %s', (reduction) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 7 }), fc.nat(), (rows, classes, seed) => {
        const random = generator(seed);
        const x = randomFloats(rows * classes, random).map((value) => value - 1);
        const weight = randomFloats(classes, random).map((value) => Math.abs(value) + 0.1);
        // Some are ignored, never the first.
        const target = Int32Array.from({ length: rows }, (_, i) =>
          i > 0 && random() < 0.2 ? -7 : Math.floor(random() * classes),
        );
        const own = Array.from(target, (t) => (t < 0 ? 0 : weight[t]!));
        const losses = own.map((w, i) => (w === 0 ? 0 : -w * x[i * classes + target[i]!]!));
        const [sum, total] = [losses, own].map((all) => all.reduce((a, b) => a + b, 0)) as [number, number];
        const attrs = { ignoreIndex: -7, reduction };
        const targets = { values: target, shape: [rows], dtype: 'int32' as const };
        const weights = { values: weight, shape: [classes] };
        const input = { values: x, shape: [rows, classes] };
        const [loss, totalWeight] = runKernel(
          FLAMBEAU_KERNELS.nllLoss,
          { input, target: targets, weight: weights },
          attrs,
        );
        expectClose(loss!.values, { mean: [sum / total], sum: [sum], none: losses }[reduction], 2e-6, 1);
        expectClose(totalWeight!.values, [total], 1e-6);
        const g = reduction === 'none' ? randomFloats(rows, random) : Float32Array.of(-1.5);
        const [back] = runKernel(
          FLAMBEAU_KERNELS.nllLossBackward,
          {
            gradOutput: { values: g, shape: reduction === 'none' ? [rows] : [] },
            target: targets,
            weight: weights,
            totalWeight: { values: [total], shape: [] },
          },
          attrs,
        );
        const divisor = reduction === 'mean' ? total : 1;
        const expected = Array.from({ length: rows * classes }, (_, at) => {
          const row = Math.floor(at / classes);
          return target[row] === at % classes ? (-own[row]! * g[reduction === 'none' ? row : 0]!) / divisor : 0;
        });
        expectClose(back!.values, expected, 1e-6, 1);
      }),
      { numRuns: 30 },
    );
  });

  test('a target that is no class gives NaN; a class without weight may have the probability 0', () => {
    const attrs = { ignoreIndex: -100, reduction: 'none' };
    const inputs = {
      input: { values: [Number.NEGATIVE_INFINITY, -1, -2, -3], shape: [2, 2] },
      target: { values: [0, 2], shape: [2], dtype: 'int32' as const },
      weight: { values: [0, 1], shape: [2] },
    };
    expect(Array.from(runKernel(FLAMBEAU_KERNELS.nllLoss, inputs, attrs)[0]!.values)).toEqual([0, Number.NaN]);
  });
});

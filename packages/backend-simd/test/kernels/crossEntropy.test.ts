import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CrossEntropyAttributes, FLAMBEAU_KERNELS, type Reduction } from '../../src/index.ts';
import { expectClose } from '../reference/close.ts';
import { numericGradient } from '../reference/derivative.ts';
import { generator, randomFloats } from '../reference/numbers.ts';
import { describeOnThreads, runKernel } from '../run.ts';

/** torch.nn.CrossEntropyLoss's definition, in float64. */
function reference(
  logits: ArrayLike<number>,
  target: readonly number[],
  weight: ArrayLike<number> | undefined,
  classes: number,
  { ignoreIndex, labelSmoothing, reduction }: CrossEntropyAttributes,
) {
  const probabilities: number[] = [];
  const losses = target.map((t, row) => {
    const x = Array.from({ length: classes }, (_, c) => logits[row * classes + c]!);
    const largest = Math.max(...x);
    const normalizer = largest + Math.log(x.reduce((sum, value) => sum + Math.exp(value - largest), 0));
    const logs = x.map((value) => value - normalizer);
    probabilities.push(...logs.map((log) => (t === ignoreIndex ? 0 : Math.exp(log))));
    if (t === ignoreIndex) return 0;
    const w = (c: number) => (weight ? weight[c]! : 1);
    const smooth = logs.reduce((sum, log, c) => sum - w(c) * log, 0) / classes;
    return (1 - labelSmoothing) * -w(t) * logs[t]! + labelSmoothing * smooth;
  });
  const total = target.reduce((sum, t) => sum + (t === ignoreIndex ? 0 : weight ? weight[t]! : 1), 0);
  const sum = losses.reduce((all, loss) => all + loss, 0);
  const loss = reduction === 'none' ? losses : [reduction === 'sum' ? sum : sum / total];
  return { loss, probabilities, total };
}

const cases = fc.record({
  rows: fc.integer({ min: 1, max: 6 }),
  classes: fc.integer({ min: 1, max: 13 }),
  reduction: fc.constantFrom<Reduction>('mean', 'sum', 'none'),
  labelSmoothing: fc.constantFrom(0, 0.1, 1),
  weighted: fc.boolean(),
  ignored: fc.boolean(),
  seed: fc.nat(),
});

describeOnThreads('flambeau::cross_entropy and its gradient', () => {
  test("are torch.nn.CrossEntropyLoss's", () => {
    fc.assert(
      fc.property(cases, ({ rows, classes, reduction, labelSmoothing, weighted, ignored, seed }) => {
        const random = generator(seed);
        const logits = randomFloats(rows * classes, random).map((value) => value * 8);
        const target = Array.from({ length: rows }, () => Math.floor(random() * classes));
        const attrs = { ignoreIndex: ignored ? target[0]! : -100, labelSmoothing, reduction };
        const weight = weighted ? randomFloats(classes, random).map((value) => value + 1.5) : undefined;
        const expected = reference(logits, target, weight, classes, attrs);

        const inputs = {
          target: { values: target, shape: [rows], dtype: 'int32' as const },
          weight: weight && { values: weight, shape: [classes] },
        };
        const [loss, probabilities, totalWeight] = runKernel(
          FLAMBEAU_KERNELS.crossEntropy,
          { input: { values: logits, shape: [rows, classes] }, ...inputs },
          attrs,
        );
        expect(loss!.shape).toEqual(reduction === 'none' ? [rows] : []);
        expectClose(loss!.values, expected.loss, 2e-6);
        expectClose(probabilities!.values, expected.probabilities, 1e-6);
        expectClose(totalWeight!.values, [expected.total], 1e-6);

        const scales = reduction === 'none' ? randomFloats(rows, random) : Float32Array.of(1.7);
        const allIgnored = expected.total === 0;
        const gradient = numericGradient((x) => {
          const values = reference(x, target, weight, classes, attrs).loss;
          return values.reduce((sum, value, row) => sum + value * scales[row]!, 0);
        }, logits);
        const [gradInput] = runKernel(
          FLAMBEAU_KERNELS.crossEntropyBackward,
          {
            gradOutput: { values: scales, shape: loss!.shape },
            probabilities: { values: probabilities!.values, shape: [rows, classes] },
            totalWeight: { values: totalWeight!.values, shape: [] },
            ...inputs,
          },
          attrs,
        );
        // PyTorch's gradient of ignored rows is 0, also where all are and the mean is 0 / 0. Terms of up to 1.7 · 2.5 cancel.
        expectClose(gradInput!.values, allIgnored ? gradient.map(() => 0) : gradient, 1e-6, 1);
      }),
      { numRuns: 150 },
    );
  });

  test('the mean over nothing is NaN', () => {
    const inputs = {
      input: { values: [1, 2], shape: [1, 2] },
      target: { values: [-100], shape: [1], dtype: 'int32' as const },
    };
    const attrs = { ignoreIndex: -100, labelSmoothing: 0, reduction: 'mean' };
    expect(runKernel(FLAMBEAU_KERNELS.crossEntropy, inputs, attrs)[0]!.values[0]).toBeNaN();
  });

  test('logits far apart neither overflow nor lose the loss', () => {
    const inputs = {
      input: { values: [1e30, -1e30, 0, 500, 400, 0], shape: [2, 3] },
      target: { values: [0, 1], shape: [2], dtype: 'int32' as const },
    };
    const attrs = { ignoreIndex: -100, labelSmoothing: 0, reduction: 'none' };
    expect(Array.from(runKernel(FLAMBEAU_KERNELS.crossEntropy, inputs, attrs)[0]!.values)).toEqual([0, 100]);
  });

  test('a target that names no class gives NaN and reads nothing', () => {
    const inputs = {
      input: { values: [1, 2, 3, 4], shape: [2, 2] },
      target: { values: [7, 1], shape: [2], dtype: 'int32' as const },
    };
    const attrs = { ignoreIndex: -100, labelSmoothing: 0, reduction: 'none' };
    const [loss] = runKernel(FLAMBEAU_KERNELS.crossEntropy, inputs, attrs);
    expect(loss!.values[0]).toBeNaN();
    expect(loss!.values[1]).toBeCloseTo(0.3132617, 6);
  });
});

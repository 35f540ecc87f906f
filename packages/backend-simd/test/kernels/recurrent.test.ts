import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FLAMBEAU_KERNELS } from '../../src/index.ts';
import { expectClose } from '../reference/close.ts';
import { numericGradient } from '../reference/derivative.ts';
import { generator, randomFloats } from '../reference/numbers.ts';
import { GATES, type Kind, type Layer, recurrent, type Sizes } from '../reference/recurrent.ts';
import { describeOnThreads, runKernel, type Values } from '../run.ts';

interface Case extends Sizes {
  kind: Kind;
  lengths?: number[];
  bias: boolean;
  reverse: boolean;
  seed: number;
}

const NAMES = {
  tanh: [FLAMBEAU_KERNELS.rnn, FLAMBEAU_KERNELS.rnnBackward],
  relu: [FLAMBEAU_KERNELS.rnn, FLAMBEAU_KERNELS.rnnBackward],
  gru: [FLAMBEAU_KERNELS.gru, FLAMBEAU_KERNELS.gruBackward],
  lstm: [FLAMBEAU_KERNELS.lstm, FLAMBEAU_KERNELS.lstmBackward],
} as const;

/** The tensors of a case, by the names of the kernels' inputs. */
function tensorsOf({ kind, steps, batch, features, units, bias, lengths, seed }: Case): Record<string, Values> {
  const random = generator(seed);
  const width = GATES[kind] * units;
  const values = (...shape: number[]): Values => ({
    values: randomFloats(
      shape.reduce((product, size) => product * size, 1),
      random,
    ),
    shape,
  });
  return {
    input: values(steps, batch, features),
    h0: values(batch, units),
    ...(kind === 'lstm' && { c0: values(batch, units) }),
    weightIh: values(width, features),
    weightHh: values(width, units),
    ...(bias && { biasIh: values(width), biasHh: values(width) }),
    ...(lengths && { lengths: { values: lengths, shape: [batch], dtype: 'int32' as const } }),
  };
}

const layerOf = (tensors: Record<string, Values>): Layer => {
  const values = Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tensor.values]));
  return { c0: values.h0!, ...values } as unknown as Layer;
};

/** Runs the layer both ways, and fails unless all is as the reference and its numeric gradient say. */
function check(one: Case): void {
  const { kind, steps, batch, features, units, bias, lengths, reverse, seed } = one;
  const tensors = tensorsOf(one);
  const layer = layerOf(tensors);
  const attrs = { reverse, nonlinearity: kind };
  const expected = recurrent(kind, one, layer, lengths, reverse);
  const [forward, backward] = NAMES[kind];
  const [output, hn, ...more] = runKernel(forward, tensors, attrs);
  expect(output!.shape).toEqual([steps, batch, units]);
  expectClose(output!.values, expected.output);
  expectClose(hn!.values, expected.hn);
  if (kind === 'lstm') expectClose(more.shift()!.values, expected.cn);
  const [gates, cells] = more.map(({ values, shape }): Values => ({ values, shape }));

  const random = generator(seed + 1);
  const given = (shape: readonly number[]): Values => ({
    values: randomFloats(
      shape.reduce((product, size) => product * size, 1),
      random,
    ),
    shape,
  });
  const [gradOutput, gradHn, gradCn] = [given(output!.shape), given(hn!.shape), given(hn!.shape)];
  const lstm = kind === 'lstm' ? { c0: tensors.c0, gradCn, cells } : {};
  const { h0, weightHh } = tensors;
  const results = runKernel(
    backward,
    {
      gradOutput,
      gradHn,
      h0,
      weightHh,
      output: { values: output!.values, shape: output!.shape },
      gates,
      lengths: tensors.lengths,
      ...lstm,
    },
    attrs,
  );
  const gradX = results.shift()!.values;
  const gradH = kind === 'gru' ? results.shift()!.values : gradX;
  const width = GATES[kind] * units;
  const gradients: Record<string, ArrayLike<number>> = { h0: results.shift()!.values };
  if (kind === 'lstm') gradients.c0 = results.shift()!.values;
  gradients.weightHh = results.shift()!.values;
  const sums = (of: Float32Array) =>
    Float64Array.from({ length: width }, (_, row) => {
      let sum = 0;
      for (let at = row; at < of.length; at += width) sum += of[at]!;
      return sum;
    });
  if (bias) Object.assign(gradients, { biasIh: sums(gradX), biasHh: sums(gradH) });
  gradients.input = Float64Array.from({ length: steps * batch * features }, (_, at) => {
    const [place, feature] = [Math.floor(at / features), at % features];
    let sum = 0;
    for (let row = 0; row < width; row++) {
      sum += gradX[place * width + row]! * layer.weightIh[row * features + feature]!;
    }
    return sum;
  });
  for (const [name, gradient] of Object.entries(gradients)) {
    const numeric = numericGradient((x) => {
      const { output: y, hn: h, cn: c } = recurrent(kind, one, { ...layer, [name]: x }, lengths, reverse);
      const dot = (a: Float64Array, { values }: Values) => a.reduce((sum, value, i) => sum + value * values[i]!, 0);
      return dot(y, gradOutput) + dot(h, gradHn) + (kind === 'lstm' ? dot(c, gradCn) : 0);
    }, tensors[name]!.values);
    try {
      expectClose(gradient, numeric, 2e-5);
    } catch (error) {
      throw new Error(`gradient of ${name}: ${(error as Error).message}`);
    }
  }
}

const cases = (kind: Kind, most: Sizes) =>
  fc
    .record({
      steps: fc.integer({ min: 1, max: most.steps }),
      batch: fc.integer({ min: 1, max: most.batch }),
      features: fc.integer({ min: 1, max: most.features }),
      units: fc.integer({ min: 1, max: most.units }),
      bias: fc.boolean(),
      reverse: fc.boolean(),
      seed: fc.nat(),
    })
    .chain((sizes) =>
      fc
        .option(
          fc.array(fc.integer({ min: 0, max: sizes.steps }), { minLength: sizes.batch, maxLength: sizes.batch }),
          {
            nil: undefined,
          },
        )
        .map((lengths): Case => ({ ...sizes, kind, lengths })),
    );

const kinds: Kind[] = ['tanh', 'relu', 'gru', 'lstm'];

describeOnThreads('flambeau::rnn, gru and lstm', () => {
  // A ReLU's numeric gradient is wrong where a sum lies at 0, closer than the step of the differences.
  test.each(['tanh', 'gru', 'lstm'] as const)('%s and its gradient, any sizes and lengths', (kind) => {
    fc.assert(fc.property(cases(kind, { steps: 4, batch: 5, features: 3, units: 6 }), check), { numRuns: 20 });
  });

  test('relu and its gradient', () => {
    check({ kind: 'relu', steps: 4, batch: 5, features: 3, units: 7, bias: true, reverse: false, seed: 1 });
    check({
      kind: 'relu',
      steps: 3,
      batch: 4,
      features: 2,
      units: 6,
      lengths: [3, 0, 2, 1],
      bias: false,
      reverse: true,
      seed: 2,
    });
  });

  test.each(['tanh', 'gru', 'lstm'] as const)('%s and its gradient, beyond one block of rows', (kind) => {
    const sizes = { steps: 2, batch: 7, features: 1, units: 9 };
    check({ ...sizes, kind, lengths: undefined, bias: true, reverse: false, seed: 5 });
    check({ ...sizes, kind, lengths: [2, 0, 1, 2, 2, 1, 2], bias: true, reverse: true, seed: 6 });
  });

  test.each(kinds)('%s, sizes beyond one block of rows and of columns', (kind) => {
    for (const reverse of [false, true]) {
      for (const lengths of [undefined, Array.from({ length: 23 }, (_, n) => (n * 7) % 4)]) {
        const one = { kind, steps: 3, batch: 23, features: 5, units: 37, bias: true, lengths, reverse, seed: 3 };
        const tensors = tensorsOf(one);
        const [output, hn] = runKernel(NAMES[kind][0], tensors, { reverse, nonlinearity: kind });
        const expected = recurrent(kind, one, layerOf(tensors), lengths, reverse);
        expectClose(output!.values, expected.output);
        expectClose(hn!.values, expected.hn);
      }
    }
  });

  test('the same numbers each time', () => {
    const tensors = tensorsOf({
      kind: 'gru',
      steps: 4,
      batch: 9,
      features: 6,
      units: 21,
      bias: true,
      reverse: false,
      seed: 7,
    });
    const attrs = { reverse: false };
    const [first] = runKernel(FLAMBEAU_KERNELS.gru, tensors, attrs);
    for (let run = 0; run < 5; run++)
      expect(runKernel(FLAMBEAU_KERNELS.gru, tensors, attrs)[0]!.values).toEqual(first!.values);
  });

  test.each(kinds)('%s: NaN in one sequence stays there', (kind) => {
    const one: Case = { kind, steps: 3, batch: 4, features: 2, units: 5, bias: true, reverse: false, seed: 4 };
    const tensors = tensorsOf(one);
    const values = Float32Array.from(tensors.input!.values);
    // Step 1 of sequence 2.
    values[(1 * 4 + 2) * 2] = Number.NaN;
    const attrs = { reverse: false, nonlinearity: kind };
    const [clean] = runKernel(NAMES[kind][0], tensors, attrs);
    const [output] = runKernel(NAMES[kind][0], { ...tensors, input: { ...tensors.input!, values } }, attrs);
    for (let at = 0; at < clean!.values.length; at++) {
      const [step, sequence] = [Math.floor(at / 20), Math.floor(at / 5) % 4];
      const expected = sequence === 2 && step >= 1 ? Number.NaN : clean!.values[at];
      expect(output!.values[at]).toBe(expected);
    }
  });
});

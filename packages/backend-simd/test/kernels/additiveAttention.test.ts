import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FLAMBEAU_KERNELS } from '../../src/index.ts';
import { type AttentionSizes, attendOnce, part } from '../reference/attention.ts';
import { expectClose } from '../reference/close.ts';
import { numericGradient } from '../reference/derivative.ts';
import { generator, randomFloats } from '../reference/numbers.ts';
import { describeOnThreads, runKernel, testBackendName } from '../run.ts';

interface Inputs {
  query: ArrayLike<number>;
  keys: ArrayLike<number>;
  values: ArrayLike<number>;
  scoreWeight: ArrayLike<number>;
}

function reference({ query, keys, values, scoreWeight }: Inputs, lengths: readonly number[], sizes: AttentionSizes) {
  const { N, T, S, A, C } = sizes;
  const looks = Array.from({ length: N * T }, (_, i) => {
    const n = Math.floor(i / T);
    const own = [part(keys, n, S * A), part(values, n, S * C)] as const;
    return attendOnce(part(query, i, A), ...own, scoreWeight, lengths[n]!, sizes);
  });
  return { context: looks.flatMap(({ context }) => context), weights: looks.flatMap(({ weights }) => weights) };
}

const shapes = ({ N, T, S, A, C }: AttentionSizes) => ({
  query: [N, T, A],
  keys: [N, S, A],
  values: [N, S, C],
  scoreWeight: [A],
});

function named(inputs: Inputs, sizes: AttentionSizes, lengths: readonly number[] | undefined) {
  const tensors = Object.entries(shapes(sizes)).map(([name, shape]) => [
    name,
    { values: inputs[name as keyof Inputs], shape },
  ]);
  const int = lengths && { values: lengths, shape: [sizes.N], dtype: 'int32' as const };
  return { ...Object.fromEntries(tensors), lengths: int };
}

function draw(sizes: AttentionSizes, random: () => number, scale: number): Inputs {
  const floats = (shape: readonly number[]) =>
    randomFloats(
      shape.reduce((a, b) => a * b),
      random,
    );
  const { query, keys, values, scoreWeight } = shapes(sizes);
  return {
    query: floats(query).map((value) => value * scale),
    keys: floats(keys).map((value) => value * scale),
    values: floats(values),
    scoreWeight: floats(scoreWeight),
  };
}

const cases = fc.record({
  N: fc.integer({ min: 1, max: 4 }),
  T: fc.integer({ min: 1, max: 3 }),
  S: fc.integer({ min: 1, max: 6 }),
  A: fc.integer({ min: 1, max: 9 }),
  C: fc.integer({ min: 1, max: 21 }),
  masked: fc.boolean(),
  // Beyond 43 powers would overflow, and it is computed another way.
  scale: fc.constantFrom(1, 3, 60),
  seed: fc.nat(),
});

/** What the first backend of each build has computed. */
const ofBuild: Record<string, Float32Array[]> = {};

describeOnThreads('flambeau::additive_attention and its gradient', () => {
  test("are Bahdanau's", () => {
    fc.assert(
      fc.property(cases, ({ masked, scale, seed, ...sizes }) => {
        const random = generator(seed);
        const inputs = draw(sizes, random, scale);
        const lengths = Array.from({ length: sizes.N }, () =>
          masked ? Math.floor(random() * (sizes.S + 1)) : sizes.S,
        );
        const tensors = named(inputs, sizes, masked ? lengths : undefined);
        const expected = reference(inputs, lengths, sizes);
        const [context, weights] = runKernel(FLAMBEAU_KERNELS.additiveAttention, tensors);
        expectClose(context!.values, expected.context, 5e-6);
        expectClose(weights!.values, expected.weights, 5e-6);

        const gradContext = randomFloats(context!.values.length, random);
        const gradWeights = randomFloats(weights!.values.length, random);
        const gradients = runKernel(FLAMBEAU_KERNELS.additiveAttentionBackward, {
          ...tensors,
          gradContext: { values: gradContext, shape: context!.shape },
          gradWeights: { values: gradWeights, shape: weights!.shape },
          weights: { values: weights!.values, shape: weights!.shape },
        });
        for (const [i, name] of (['query', 'keys', 'values', 'scoreWeight'] as const).entries()) {
          const numeric = numericGradient((x) => {
            const { context: c, weights: w } = reference({ ...inputs, [name]: x }, lengths, sizes);
            return (
              c.reduce((sum, value, at) => sum + value * gradContext[at]!, 0) +
              w.reduce((sum, value, at) => sum + value * gradWeights[at]!, 0)
            );
          }, inputs[name]);
          expectClose(gradients[i]!.values, numeric, 2e-5, 1);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('the same numbers on any threads: what is summed over sequences is summed in their order', () => {
    const sizes = { N: 7, T: 3, S: 5, A: 12, C: 8 };
    const inputs = draw(sizes, generator(5), 1);
    const tensors = named(inputs, sizes, undefined);
    const weights = { values: new Float32Array(7 * 3 * 5).fill(0.2), shape: [7, 3, 5] };
    const gradContext = { values: randomFloats(7 * 3 * 8, generator(6)), shape: [7, 3, 8] };
    const given = { ...tensors, weights, gradWeights: weights, gradContext };
    const results = runKernel(FLAMBEAU_KERNELS.additiveAttentionBackward, given).map(({ values }) => values);
    const build = testBackendName().split('-').at(-1)!;
    ofBuild[build] ??= results;
    expect(results).toEqual(ofBuild[build]);
  });

  test('a NaN stays with its own sequence; beyond the length none is read', () => {
    const sizes = { N: 2, T: 2, S: 3, A: 5, C: 6 };
    const inputs = draw(sizes, generator(7), 1);
    const spoil = (values: ArrayLike<number>, at: number) =>
      Float32Array.from(values, (value, i) => (i === at ? Number.NaN : value));
    const whole = runKernel(FLAMBEAU_KERNELS.additiveAttention, named(inputs, sizes, [2, 3]));
    // Of the first sequence's third place.
    const beyond = { ...inputs, keys: spoil(inputs.keys, 2 * 5), values: spoil(inputs.values, 2 * 6 + 1) };
    const masked = runKernel(FLAMBEAU_KERNELS.additiveAttention, named(beyond, sizes, [2, 3]));
    expect(masked.map(({ values }) => values)).toEqual(whole.map(({ values }) => values));
    const within = { ...inputs, keys: spoil(inputs.keys, 4) };
    const [context, weights] = runKernel(FLAMBEAU_KERNELS.additiveAttention, named(within, sizes, [2, 3]));
    expect(Array.from(weights!.values.subarray(0, 3))).toEqual([Number.NaN, Number.NaN, 0]);
    expect(context!.values.subarray(0, 12).every(Number.isNaN)).toBe(true);
    expect(context!.values.subarray(12)).toEqual(whole[0]!.values.subarray(12));
  });
});

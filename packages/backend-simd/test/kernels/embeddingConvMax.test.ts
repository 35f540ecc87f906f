import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FLAMBEAU_KERNELS } from '../../src/index.ts';
import { generator } from '../reference/numbers.ts';
import { type TextShape, type TextValues, textFeatures, textGradients } from '../reference/textFeatures.ts';
import { describeOnThreads, runKernel, useTestBackend, type Values } from '../run.ts';

// Whole eighths: products and sums of them are exact in float32, in any order, so that equal windows are equal.
const eighths = (count: number, random: () => number) =>
  Float32Array.from({ length: count }, () => Math.floor(random() * 17 - 8) / 8);

function valuesOf(shape: TextShape, random: () => number): TextValues {
  const { batch, length, vocabulary, width, heights, filters } = shape;
  return {
    ids: Array.from({ length: batch * length }, () => Math.floor(random() ** 2 * vocabulary)),
    table: eighths(vocabulary * width, random),
    weights: heights.map((height, i) => eighths(filters[i]! * height * width, random)),
    biases: filters.map((count) => eighths(count, random)),
  };
}

function inputsOf({ batch, length, vocabulary, width, heights, filters }: TextShape, values: TextValues) {
  const inputs: Record<string, Values> = {
    ids: { values: values.ids, shape: [batch, length], dtype: 'int32' },
    table: { values: values.table, shape: [vocabulary, width] },
  };
  heights.forEach((height, i) => {
    inputs[`weight${i}`] = { values: values.weights[i]!, shape: [filters[i]!, 1, height, width] };
    inputs[`bias${i}`] = { values: values.biases[i]!, shape: [filters[i]!] };
  });
  return inputs;
}

const forward = (shape: TextShape, values: TextValues) =>
  runKernel(FLAMBEAU_KERNELS.embeddingConvMax, inputsOf(shape, values), { count: shape.heights.length });

const side = (most: number) => fc.integer({ min: 1, max: most });
const shapes = fc
  .record({
    batch: side(5),
    more: fc.integer({ min: 0, max: 14 }),
    vocabulary: side(40),
    width: side(11),
    groups: fc.array(fc.tuple(side(7), side(19)), { minLength: 1, maxLength: 3 }),
    seed: fc.nat(),
  })
  .map(({ batch, more, vocabulary, width, groups, seed }) => {
    const heights = groups.map(([height]) => height);
    const filters = groups.map(([, count]) => count);
    return { shape: { batch, length: Math.max(...heights) + more, vocabulary, width, heights, filters }, seed };
  });

const notes: TextShape = {
  batch: 9,
  length: 40,
  vocabulary: 200,
  width: 20,
  heights: [3, 4, 5],
  filters: [20, 20, 20],
};

function checkForward(shape: TextShape, values: TextValues): void {
  const expected = textFeatures(shape, values);
  const [output, indices] = forward(shape, values);
  expect(output!.shape).toEqual([shape.batch, expected.output.length / shape.batch]);
  expect(indices!.dtype).toBe('int32');
  expect(Array.from(output!.values)).toEqual(expected.output);
  expect(Array.from(indices!.values)).toEqual(expected.indices);
}

function checkGradients(shape: TextShape, values: TextValues, random: () => number, paddingIdx: number): void {
  const { batch, vocabulary, heights, filters } = shape;
  const columns = filters.reduce((sum, count) => sum + count, 0);
  const { indices } = textFeatures(shape, values);
  const gradOutput = eighths(batch * columns, random);
  const expected = textGradients(shape, values, indices, gradOutput, paddingIdx);
  const inputs = inputsOf(shape, values);
  const shared = {
    gradOutput: { values: gradOutput, shape: [batch, columns] },
    indices: { values: indices, shape: [batch, columns], dtype: 'int32' as const },
    ids: inputs.ids!,
  };
  const filterShapes = heights.map((_, i) => [...inputs[`weight${i}`]!.shape]);
  const ofFilters = runKernel(
    FLAMBEAU_KERNELS.embeddingConvMaxBackwardFilters,
    { ...shared, table: inputs.table! },
    { filterShapes },
  );
  const wanted = [...expected.gradWeights, ...expected.gradBiases];
  expect(ofFilters.map(({ shape }) => shape)).toEqual([...filterShapes, ...filters.map((count) => [count])]);
  ofFilters.forEach((gradient, i) => {
    expect(Array.from(gradient.values)).toEqual(Array.from(wanted[i]!));
  });
  const weights = Object.fromEntries(heights.map((_, i) => [`weight${i}`, inputs[`weight${i}`]!]));
  const [ofTable] = runKernel(
    FLAMBEAU_KERNELS.embeddingConvMaxBackwardTable,
    { ...shared, ...weights },
    { count: heights.length, paddingIdx, numEmbeddings: vocabulary },
  );
  expect(ofTable!.shape).toEqual([vocabulary, shape.width]);
  expect(Array.from(ofTable!.values)).toEqual(Array.from(expected.gradTable));
}

describeOnThreads('flambeau::embedding_conv_max', () => {
  test('is the largest of all windows and the first place where it stands', () => {
    fc.assert(
      fc.property(shapes, ({ shape, seed }) => {
        checkForward(shape, valuesOf(shape, generator(seed)));
      }),
      { numRuns: 60 },
    );
    checkForward(notes, valuesOf(notes, generator(1)));
  });

  test('its gradients visit the windows that won', () => {
    fc.assert(
      fc.property(shapes, fc.boolean(), ({ shape, seed }, padded) => {
        const random = generator(seed);
        checkGradients(shape, valuesOf(shape, random), random, padded ? 0 : -1);
      }),
      { numRuns: 60 },
    );
    const random = generator(2);
    checkGradients(notes, valuesOf(notes, random), random, 1);
  });

  test('a NaN wins, the last one, and infinities count as numbers', () => {
    fc.assert(
      fc.property(shapes, ({ shape, seed }) => {
        const random = generator(seed);
        const values = valuesOf(shape, random);
        const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
        const table = Float32Array.from(values.table, (value) =>
          random() < 0.03 ? special[Math.floor(random() * special.length)]! : value,
        );
        checkForward(shape, { ...values, table });
      }),
      { numRuns: 60 },
    );
  });

  test('numbers beside each other do not share their NaN', () => {
    const shape = { batch: 2, length: 4, vocabulary: 3, width: 1, heights: [2], filters: [3] };
    const values: TextValues = {
      ids: [0, 1, 0, 1, 2, 1, 0, 0],
      table: [1, 2, 4],
      weights: [[1, 1, Number.NaN, 1, 1, -1]],
      biases: [[0, 0, 0]],
    };
    const [output] = forward(shape, values);
    expect(Array.from(output!.values)).toEqual([3, Number.NaN, 1, 6, Number.NaN, 2]);
  });

  test('comes out the same, bit by bit, each time', () => {
    const random = generator(3);
    const values = valuesOf(notes, random);
    const noise = { ...values, table: Float32Array.from(values.table, () => random() - 0.5) };
    const [first, second] = [forward(notes, noise), forward(notes, noise)];
    expect(first).toEqual(second);
  });

  test('names a word that is not in the table, and leaves nothing behind', () => {
    const backend = useTestBackend();
    const before = backend.heap.usedBytes;
    const shape = { batch: 1, length: 3, vocabulary: 4, width: 2, heights: [2], filters: [1] };
    for (const wrong of [4, -1]) {
      const values = { ...valuesOf(shape, generator(4)), ids: [0, wrong, 1] };
      expect(() => forward(shape, values)).toThrow(`the index value ${wrong} is not in [0, 3]`);
    }
    expect(backend.heap.usedBytes).toBe(before);
  });
});

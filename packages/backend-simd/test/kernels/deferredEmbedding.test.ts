import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { FLAMBEAU_KERNELS, SimdBackend } from '../../src/index.ts';
import { generator } from '../reference/numbers.ts';
import { type TextShape, type TextValues, textFeatures, textGradients } from '../reference/textFeatures.ts';
import { describeOnThreads, useTestBackend } from '../run.ts';

// Whole eighths, whose sums are exact.
const eighths = (count: number, random: () => number) =>
  Float32Array.from({ length: count }, () => Math.floor(random() * 17 - 8) / 8);

const side = (most: number) => fc.integer({ min: 1, max: most });
const shapes = fc
  .record({ batch: side(4), more: fc.integer({ min: 0, max: 9 }), height: side(6), filters: side(11), width: side(9) })
  .map(({ batch, more, height, filters, width }): TextShape => {
    return { batch, length: height + more, vocabulary: 12, width, heights: [height], filters: [filters] };
  });

function valuesOf({ batch, length, vocabulary, width, heights, filters }: TextShape, random: () => number): TextValues {
  return {
    ids: Array.from({ length: batch * length }, () => Math.floor(random() * vocabulary)),
    table: eighths(vocabulary * width, random),
    weights: [eighths(filters[0]! * heights[0]! * width, random)],
    biases: [eighths(filters[0]!, random)],
  };
}

function run(name: string, inputs: tf.NamedTensorMap, attrs: object = {}): tf.Tensor[] {
  const out = tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap);
  return Array.isArray(out) ? out : [out];
}

const plain = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 };

/** A TextCNN of one height, written as a user writes it, kernel by kernel. */
function network({ batch, length, vocabulary, width, heights, filters }: TextShape, values: TextValues) {
  const table = tf.tensor2d(Float32Array.from(values.table), [vocabulary, width]);
  const indices = tf.tensor1d(values.ids, 'int32');
  const weight = tf.tensor4d(Float32Array.from(values.weights[0]!), [filters[0]!, 1, heights[0]!, width]);
  const bias = tf.tensor1d(Float32Array.from(values.biases[0]!));
  const steps = length - heights[0]! + 1;
  const [rows] = run(FLAMBEAU_KERNELS.embedding, { weight: table, indices });
  const images = tf.expandDims(tf.reshape(rows!, [batch, length, width]), 1);
  const [convolved] = run(FLAMBEAU_KERNELS.conv2d, { input: images, weight, bias }, plain);
  const [rectified] = run(FLAMBEAU_KERNELS.relu, { input: convolved! });
  return { table, indices, weight, images, convolved: convolved!, rectified: rectified!, steps };
}

const pooling = (steps: number) => ({
  kernelSize: [1, steps],
  stride: [1, steps],
  padding: [0, 0, 0, 0],
  dilation: [1, 1],
  outputSize: [1, 1],
});

/** The maximum over time of `[N, F, T, 1]`, as maxPool1d asks for it. */
const overTime = (columns: tf.Tensor, steps: number) =>
  run(
    FLAMBEAU_KERNELS.maxPool2d,
    { input: tf.reshape(columns, [columns.shape[0]!, columns.shape[1]!, 1, steps]) },
    pooling(steps),
  );

/** The kernels of the binary that `f` runs. */
function kernelsOf(f: () => void): string[] {
  const spy = vi.spyOn(SimdBackend.prototype, 'run');
  f();
  const names = spy.mock.calls.map(([name]) => name);
  spy.mockRestore();
  return names;
}

const numbers = (tensor: tf.Tensor) => Array.from(tensor.dataSync());

describeOnThreads('words that are convolved and pooled over time', () => {
  test('are projected once each: no vectors side by side, no convolution', () => {
    useTestBackend();
    const shape = { batch: 2, length: 9, vocabulary: 12, width: 5, heights: [3], filters: [4] };
    tf.tidy(() => {
      const names = kernelsOf(() => {
        const { rectified, steps } = network(shape, valuesOf(shape, generator(1)));
        overTime(rectified, steps);
      });
      expect(names).toEqual(['packWords', 'embeddingConvMax']);
    });
  });

  test('have the values, winners and gradients of the window by window definition', () => {
    const backend = useTestBackend();
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, seed) => {
        const before = backend.heap.usedBytes;
        tf.tidy(() => {
          const random = generator(seed);
          const values = valuesOf(shape, random);
          const expected = textFeatures(shape, values);
          const { table, indices, weight, images, rectified, convolved, steps } = network(shape, values);
          const [output, winners] = overTime(rectified, steps);
          expect(numbers(output!)).toEqual(expected.output);
          // A ReLU that lets none through makes all places equal, and the first one wins.
          expect(numbers(winners!)).toEqual(expected.indices.map((index) => Math.max(index, 0)));

          const gradOutput = eighths(expected.output.length, random);
          const wanted = textGradients(shape, values, expected.indices, gradOutput, -1);
          const [ofPool] = run(
            FLAMBEAU_KERNELS.maxPool2dBackward,
            { gradOutput: tf.tensor(gradOutput, output!.shape), indices: winners! },
            { inputShape: [shape.batch, shape.filters[0]!, 1, steps] },
          );
          const reshaped = tf.reshape(ofPool!, convolved.shape);
          const [gradient] = run(FLAMBEAU_KERNELS.reluBackward, { gradOutput: reshaped, output: rectified });
          const weightShape = weight.shape;
          const [ofWeight] = run(
            FLAMBEAU_KERNELS.conv2dBackwardWeight,
            { gradOutput: gradient!, input: images },
            { ...plain, weightShape },
          );
          const [ofBias] = run(FLAMBEAU_KERNELS.conv2dBackwardBias, { gradOutput: gradient! });
          const [ofImages] = run(
            FLAMBEAU_KERNELS.conv2dBackwardInput,
            { gradOutput: gradient!, weight },
            { ...plain, inputShape: images.shape },
          );
          const rows = tf.reshape(ofImages!, [shape.batch * shape.length, shape.width]);
          const [ofTable] = run(
            FLAMBEAU_KERNELS.embeddingBackward,
            { gradOutput: rows, indices },
            { paddingIdx: -1, numEmbeddings: table.shape[0]! },
          );
          expect(numbers(ofWeight!)).toEqual(Array.from(wanted.gradWeights[0]!));
          expect(numbers(ofBias!)).toEqual(Array.from(wanted.gradBiases[0]!));
          expect(numbers(ofTable!)).toEqual(Array.from(wanted.gradTable));
        });
        expect(backend.heap.usedBytes).toBe(before);
      }),
      { numRuns: 40 },
    );
  });

  test('keep what is below 0 where there is no ReLU', () => {
    useTestBackend();
    const shape = { batch: 3, length: 7, vocabulary: 12, width: 4, heights: [2], filters: [6] };
    tf.tidy(() => {
      const values = valuesOf(shape, generator(2));
      const biases = [Float32Array.from(values.biases[0]!, (bias) => bias - 20)];
      const { convolved, steps } = network(shape, { ...values, biases });
      const [output, winners] = overTime(convolved, steps);
      const above = textFeatures(shape, { ...values, biases: [biases[0]!.map((bias) => bias + 40)] });
      expect(numbers(output!)).toEqual(above.output.map((value) => value - 40));
      expect(numbers(winners!)).toEqual(above.indices);
    });
  });

  test('are there for whoever reads the vectors or the convolution itself', () => {
    useTestBackend();
    const shape = { batch: 2, length: 6, vocabulary: 12, width: 3, heights: [2], filters: [2] };
    tf.tidy(() => {
      const values = valuesOf(shape, generator(3));
      const { convolved, images, rectified, steps } = network(shape, values);
      const [pooled] = overTime(rectified, steps);
      expect(numbers(images)).toEqual(values.ids.flatMap((id) => Array.from(values.table).slice(3 * id, 3 * id + 3)));
      expect(numbers(tf.max(tf.relu(convolved), [2, 3]))).toEqual(numbers(pooled!));
    });
  });

  test('are those of the table as it was, also where it changes before they are read', () => {
    useTestBackend();
    tf.tidy(() => {
      const weight = tf.tensor2d([1, 2, 3, 4], [2, 2]);
      const [rows] = run(FLAMBEAU_KERNELS.embedding, { weight, indices: tf.tensor1d([1, 0], 'int32') });
      const { kernelFunc } = tf.getKernel(FLAMBEAU_KERNELS.sgd, tf.getBackend());
      kernelFunc({
        inputs: { param0: weight, grad0: tf.ones([2, 2]) },
        attrs: {
          count: 1,
          lr: 1,
          momentum: 0,
          dampening: 0,
          weightDecay: 0,
          nesterov: false,
          maximize: false,
          firstStep: true,
        },
        backend: tf.backend(),
      });
      expect(numbers(weight)).toEqual([0, 1, 2, 3]);
      expect(numbers(rows!)).toEqual([3, 4, 1, 2]);
    });
  });

  test('that are not in the table are named at once', () => {
    useTestBackend();
    tf.tidy(() => {
      for (const word of [2, -1]) {
        const inputs = { weight: tf.ones([2, 2]), indices: tf.tensor1d([1, word], 'int32') };
        expect(() => run(FLAMBEAU_KERNELS.embedding, inputs)).toThrow(`the index value ${word} is not in [0, 1]`);
      }
    });
  });
});

describeOnThreads('a reshape between a convolution and its pooling', () => {
  test('makes other planes, forward and back', () => {
    useTestBackend();
    tf.tidy(() => {
      const random = generator(4);
      const input = tf.tensor4d(eighths(2 * 6 * 6, random), [2, 1, 6, 6]);
      const weight = tf.tensor4d(eighths(4 * 9, random), [4, 1, 3, 3]);
      const attrs = { kernelSize: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0], dilation: [1, 1], outputSize: [4, 2] };
      const inputShape = [2, 2, 8, 4];
      const results = [false, true].map((computed) => {
        const [convolved] = run(FLAMBEAU_KERNELS.conv2d, { input, weight }, plain);
        if (computed) convolved!.dataSync();
        const [output, indices] = run(FLAMBEAU_KERNELS.maxPool2d, { input: tf.reshape(convolved!, inputShape) }, attrs);
        const [ofPool] = run(
          FLAMBEAU_KERNELS.maxPool2dBackward,
          { gradOutput: output!, indices: indices! },
          { inputShape },
        );
        if (computed) ofPool!.dataSync();
        const gradOutput = tf.reshape(ofPool!, convolved!.shape);
        const [ofWeight] = run(
          FLAMBEAU_KERNELS.conv2dBackwardWeight,
          { gradOutput, input },
          { ...plain, weightShape: weight.shape },
        );
        const [ofBias] = run(FLAMBEAU_KERNELS.conv2dBackwardBias, { gradOutput });
        return [output!, indices!, ofWeight!, ofBias!].map(numbers);
      });
      expect(results[0]).toEqual(results[1]);
    });
  });
});

import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FLAMBEAU_KERNELS } from '../../src/index.ts';
import { generator, randomFloats } from '../reference/numbers.ts';
import { describeOnThreads, runKernel, testBackendName, useTestBackend } from '../run.ts';

const tableOf = fc.record({
  rows: fc.integer({ min: 1, max: 60 }),
  width: fc.integer({ min: 1, max: 37 }),
  count: fc.integer({ min: 1, max: 40 }),
  seed: fc.nat(),
});

function embeddingGradient(
  gradOutput: Float32Array,
  indices: readonly number[],
  [rows, width]: readonly [number, number],
  paddingIdx = -1,
): tf.Tensor {
  const inputs = {
    gradOutput: tf.tensor2d(gradOutput, [indices.length, width]),
    indices: tf.tensor1d([...indices], 'int32'),
  };
  return tf.engine().runKernel(FLAMBEAU_KERNELS.embeddingBackward, inputs, {
    paddingIdx,
    numEmbeddings: rows,
  }) as tf.Tensor;
}

const pick = (count: number, rows: number, random: () => number) =>
  Array.from({ length: count }, () => Math.floor(random() ** 2 * rows));

describeOnThreads("an embedding's gradient", () => {
  test('is the sum over the places of each row, and 0 for the padding', () => {
    fc.assert(
      fc.property(tableOf, fc.boolean(), ({ rows, width, count, seed }, padded) => {
        const random = generator(seed);
        const paddingIdx = padded ? 0 : -1;
        const indices = pick(count, rows, random);
        const gradOutput = randomFloats(count * width, random);
        const expected = new Float32Array(rows * width);
        indices.forEach((row, i) => {
          if (row === paddingIdx) return;
          for (let e = 0; e < width; e++) expected[row * width + e]! += gradOutput[i * width + e]!;
        });
        const [gradient] = runKernel(
          FLAMBEAU_KERNELS.embeddingBackward,
          {
            gradOutput: { values: gradOutput, shape: [count, width] },
            indices: { values: indices, shape: [count], dtype: 'int32' },
          },
          { paddingIdx, numEmbeddings: rows },
        );
        expect(gradient!.shape).toEqual([rows, width]);
        expect(gradient!.values).toEqual(expected);
      }),
    );
  });

  test('takes the memory of the rows that have one until someone asks for all of it', () => {
    const backend = useTestBackend();
    tf.tidy(() => {
      const before = backend.heap.usedBytes;
      const gradient = embeddingGradient(new Float32Array(8).fill(1), [7, 7], [10_000, 4]);
      expect(backend.heap.usedBytes - before).toBeLessThan(50_000);
      const values = gradient.dataSync();
      expect(values.length).toBe(40_000);
      expect(Array.from(values.subarray(24, 36))).toEqual([0, 0, 0, 0, 2, 2, 2, 2, 0, 0, 0, 0]);
    });
  });

  test('is whole for whatever else reads it: sums, clones, reshapes', () => {
    useTestBackend();
    const read = (change: (gradient: tf.Tensor) => tf.Tensor) =>
      tf.tidy(() => Array.from(change(embeddingGradient(Float32Array.of(1, 2, 3, 4), [2, 0], [3, 2])).dataSync()));
    expect(read((gradient) => gradient)).toEqual([3, 4, 0, 0, 1, 2]);
    expect(read((gradient) => tf.add(gradient, gradient))).toEqual([6, 8, 0, 0, 2, 4]);
    expect(read((gradient) => tf.reshape(tf.clone(gradient), [6]))).toEqual([3, 4, 0, 0, 1, 2]);
    expect(read((gradient) => tf.sum(gradient))).toEqual([10]);
    expect(read((gradient) => tf.slice(gradient, [1, 0], [2, 1]))).toEqual([0, 1]);
  });
});

const adam = { lr: 0.01, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0, decoupledWeightDecay: false };
const sgd = { lr: 0.1, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false };
const optimizers = [
  ['Adam', FLAMBEAU_KERNELS.adam, { ...adam, maximize: false }],
  ['Adam with L2, maximising', FLAMBEAU_KERNELS.adam, { ...adam, weightDecay: 0.1, maximize: true }],
  ['AdamW', FLAMBEAU_KERNELS.adam, { ...adam, weightDecay: 0.1, decoupledWeightDecay: true, maximize: false }],
  ['Adam, momentum from the other end', FLAMBEAU_KERNELS.adam, { ...adam, beta1: 0.3, maximize: true }],
  [
    'RMSprop, centred, with momentum',
    FLAMBEAU_KERNELS.rmsprop,
    { lr: 0.01, alpha: 0.9, eps: 1e-8, weightDecay: 0, momentum: 0.9, maximize: false },
  ],
  ['SGD', FLAMBEAU_KERNELS.sgd, { ...sgd, maximize: false }],
  ['SGD with momentum', FLAMBEAU_KERNELS.sgd, { ...sgd, momentum: 0.9, dampening: 0.1, maximize: false }],
  [
    'SGD, Nesterov, L2',
    FLAMBEAU_KERNELS.sgd,
    { ...sgd, momentum: 0.9, nesterov: true, weightDecay: 0.1, maximize: true },
  ],
] as const;

describeOnThreads('a step by the rows that have a gradient', () => {
  test.each(optimizers)('is that of the whole gradient, bit by bit: %s', (_, name, attrs) => {
    useTestBackend();
    fc.assert(
      fc.property(tableOf, ({ rows, width, count, seed }) => {
        const random = generator(seed);
        const start = randomFloats(rows * width, random);
        tf.tidy(() => {
          const make = () => ({
            param: tf.tensor2d(start, [rows, width]),
            first: tf.zeros([rows, width]),
            second: tf.zeros([rows, width]),
            third: tf.zeros([rows, width]),
          });
          /** The inputs of any optimizer. */
          const named = ({ param, first, second, third }: ReturnType<typeof make>, grad: tf.Tensor, i: number) => ({
            ...{ [`param${i}`]: param, [`grad${i}`]: grad, [`expAvg${i}`]: first, [`expAvgSq${i}`]: second },
            ...{ [`squareAvg${i}`]: first, [`gradAvg${i}`]: second, [`momentumBuffer${i}`]: third },
          });
          const [byRows, whole] = [make(), make()];
          const step = (slot: ReturnType<typeof make>, grad: tf.Tensor, number: number) =>
            tf.getKernel(name, testBackendName()).kernelFunc({
              // Another parameter before it: the parts of threads begin and end anywhere.
              inputs: { ...named(make(), tf.ones([rows, width]), 0), ...named(slot, grad, 1) },
              attrs: { ...attrs, count: 2, step: number, firstStep: number === 1 } as unknown as tf.NamedAttrMap,
              backend: tf.backend(),
            });
          for (let number = 1; number <= 4; number++) {
            const indices = pick(count, rows, random);
            const gradient = embeddingGradient(randomFloats(count * width, random), indices, [rows, width]);
            step(byRows, gradient, number);
            step(whole, tf.tensor2d(gradient.dataSync(), [rows, width]), number);
          }
          for (const tensor of ['param', 'first', 'second', 'third'] as const) {
            expect(byRows[tensor].dataSync()).toEqual(whole[tensor].dataSync());
          }
        });
      }),
      { numRuns: 15 },
    );
  });

  test('writes no zeros', () => {
    const backend = useTestBackend();
    tf.tidy(() => {
      const [param, first, second] = [tf.ones([500, 8]), tf.zeros([500, 8]), tf.zeros([500, 8])];
      const grad = embeddingGradient(new Float32Array(8).fill(1), [499], [500, 8]);
      const before = backend.heap.usedBytes;
      tf.getKernel(FLAMBEAU_KERNELS.adam, testBackendName()).kernelFunc({
        inputs: { param0: param, grad0: grad, expAvg0: first, expAvgSq0: second },
        attrs: { ...adam, maximize: false, count: 1, step: 1 } as unknown as tf.NamedAttrMap,
        backend: tf.backend(),
      });
      expect(backend.heap.usedBytes).toBe(before);
      expect(first.dataSync().findIndex((value) => value !== 0)).toBe(499 * 8);
    });
  });
});

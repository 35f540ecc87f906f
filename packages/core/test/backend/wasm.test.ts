import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Backend, createBackend, Generator } from '../../src/index.ts';

const random = (seed: number, shape: number[]) =>
  tf.tensor(new Generator().manualSeed(seed).normal(new Float32Array(tf.util.sizeFromShape(shape))), shape);

let cpu: Backend;
let wasm: Backend;
let unmended: tf.KernelConfig;
beforeAll(async () => {
  cpu = await createBackend('cpu');
  await import('@tensorflow/tfjs-backend-wasm');
  unmended = tf.getKernel('MaxPoolGrad', 'wasm');
  wasm = await createBackend('wasm');
});

/** The numbers that `f` gives on both backends. */
async function both(f: () => tf.Tensor): Promise<[wasm: number[], cpu: number[]]> {
  const [a, b] = await Promise.all([wasm, cpu].map((backend) => backend.run(f).data()));
  return [[...a!], [...b!]];
}

async function expectAlike(f: () => tf.Tensor): Promise<void> {
  const [actual, expected] = await both(f);
  expect(actual).toHaveLength(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  actual.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(1e-5 * largest);
  });
}

describe('what TensorFlow.js lacks on wasm', () => {
  it.each([
    [1, 'valid', [3, 2]],
    [2, 'same', [3, 2]],
    [[1, 2], 'same', [2, 3]],
    // With a number as padding TensorFlow.js takes kernels and strides for square.
    [2, 1, [3, 3]],
  ] as const)('is there: the gradient of a filter, stride %o, padding %s, kernel %o', async (stride, pad, kernel) => {
    await expectAlike(() => {
      const x = random(1, [2, 7, 6, 3]) as tf.Tensor4D;
      const convolve = (filter: tf.Tensor) => tf.conv2d(x, filter as tf.Tensor4D, stride as never, pad as never);
      return tf.grad((filter) => tf.sum(tf.square(convolve(filter))))(random(2, [...kernel, 3, 4]));
    });
  });

  it.each([
    ['filter', 1],
    ['input', 1],
    ['filter', 2],
    ['input', 2],
  ] as const)('is there: the gradient of a depthwise %s, stride %d', async (by, stride) => {
    await expectAlike(() => {
      const [x, filter] = [random(3, [2, 6, 7, 3]), random(4, [3, 2, 3, 2])];
      const loss = (a: tf.Tensor, b: tf.Tensor) =>
        tf.sum(tf.square(tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, 'same')));
      return by === 'filter' ? tf.grad((b) => loss(x, b))(filter) : tf.grad((a) => loss(a, filter))(x);
    });
  });

  it('is there: the gradient of gathered rows, some of them twice', async () => {
    await expectAlike(() => {
      const indices = tf.tensor2d([0, 3, 3, 1], [2, 2], 'int32');
      return tf.grad((table) => tf.sum(tf.square(tf.gather(table, indices))))(random(5, [4, 3]));
    });
  });

  it.each(['ij,jk->ik', 'bij,bkj->bik', 'ij->', 'i,j->ij'])('is there: einsum %s', async (equation) => {
    const factors = equation.split('->')[0]!.split(',');
    await expectAlike(() => {
      const sizes: Record<string, number> = { b: 2, i: 3, j: 4, k: 5 };
      return tf.einsum(
        equation,
        ...factors.map((dims, i) =>
          random(
            6 + i,
            [...dims].map((dim) => sizes[dim]!),
          ),
        ),
      );
    });
  });
});

describe('the gradient of max pooling', () => {
  const negative = () => tf.neg(tf.abs(random(9, [1, 5, 5, 2]))) as tf.Tensor4D;
  const gradient = () => tf.grad((x) => tf.sum(tf.square(tf.maxPool(x as tf.Tensor4D, 3, 2, 1))))(negative());

  it('reaches windows without a positive pixel', () => expectAlike(gradient));

  it('was lost there before: the fault that is mended', async () => {
    const mended = tf.getKernel('MaxPoolGrad', 'wasm');
    tf.unregisterKernel('MaxPoolGrad', 'wasm');
    tf.registerKernel(unmended);
    try {
      const [actual, expected] = await both(gradient);
      expect(actual).not.toEqual(expected);
      const reached = (values: number[]) => values.filter((value) => value !== 0).length;
      expect(reached(actual)).toBeLessThan(reached(expected));
    } finally {
      tf.unregisterKernel('MaxPoolGrad', 'wasm');
      tf.registerKernel(mended);
    }
  });
});

it('refuses threads in Node, where it has one', async () => {
  await expect(createBackend('wasm', { threads: 2 })).rejects.toThrow(
    "backend 'wasm' has one thread in Node: use 'simd' for more",
  );
});

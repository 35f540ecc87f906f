import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Backend,
  backendOf,
  createBackend,
  functional as F,
  hostArray,
  manualSeed,
  metrics,
  nn,
  optim,
  setDefaultBackend,
  toHost,
  valueAndGrad,
} from '../../src/index.ts';

let simd: Backend;
let cpu: Backend;
beforeAll(async () => {
  [simd, cpu] = [await createBackend('simd'), await createBackend('cpu')];
  setDefaultBackend(simd);
});

const array = hostArray('float32', [2, 2], Float32Array.of(1, -2, 3, 4));
const ints = hostArray('int32', [2], Int32Array.of(0, 1));

describe('an operation', () => {
  it('runs on the backend of its inputs and puts the ambient one back', () => {
    const x = cpu.tensor(array);
    const y = cpu.tensor(ints);
    expect(tf.getBackend()).toBe('simd');
    const results = [
      F.relu(x),
      F.softmax(x, { dim: 0 }),
      F.linear(x, x),
      F.flatten(x),
      F.dropout(x),
      F.crossEntropy(x, y),
      F.batchNorm(x, null, null, { training: true }),
      metrics.correct(x, y),
      metrics.accuracy(x, y),
    ];
    expect(results.map((tensor) => backendOf(tensor).name)).toEqual(new Array(results.length).fill('cpu'));
    expect(tf.getBackend()).toBe('simd');
    tf.dispose([x, y, results]);
  });

  it('puts the ambient backend back when it throws', () => {
    const parameter = new nn.Parameter(array, { backend: cpu });
    expect(() =>
      valueAndGrad(() => {
        expect(tf.getBackend()).toBe('cpu');
        throw new Error('in mid-air');
      }, [parameter]),
    ).toThrow('in mid-air');
    expect(tf.getBackend()).toBe('simd');
    expect(() =>
      cpu.run(() => {
        throw new Error('in run');
      }),
    ).toThrow('in run');
    expect(tf.getBackend()).toBe('simd');
    parameter.dispose();
  });

  it.each<[string, (a: tf.Tensor, b: tf.Tensor, target: tf.Tensor) => unknown]>([
    ['linear', (a, b) => F.linear(a, b)],
    [
      'conv2d',
      (a, b) =>
        F.conv2d(
          tf.reshape(a, [1, 1, 2, 2]),
          cpu.run(() => tf.reshape(b, [1, 1, 2, 2])),
        ),
    ],
    ['crossEntropy', (a, _, target) => F.crossEntropy(a, target)],
    ['correct', (a, _, target) => metrics.correct(a, target)],
    ['valueAndGrad', (a, b) => valueAndGrad(() => tf.sum(a), [a, b])],
  ])('refuses tensors of two backends and names both: %s', (name, call) => {
    const [a, b, target] = [simd.tensor(array), cpu.tensor(array), cpu.tensor(ints)];
    tf.tidy(() => {
      expect(() => call(a, b, target)).toThrow(
        `${name}: expected all tensors on one backend, got one on 'simd' and one on 'cpu'; move one with .to(backend)`,
      );
    });
    tf.dispose([a, b, target]);
  });
});

describe('two models on two backends', () => {
  const images = hostArray(
    'float32',
    [4, 3],
    Float32Array.from({ length: 12 }, (_, i) => Math.cos(i)),
  );
  const labels = hostArray('int32', [4], Int32Array.of(0, 1, 0, 1));

  async function* training(backend: Backend): AsyncGenerator<number> {
    manualSeed(3);
    const net = new nn.Sequential(
      new nn.Linear(3, 4, { backend }),
      new nn.BatchNorm1d(4, { backend }),
      new nn.ReLU(),
      new nn.Linear(4, 2, { backend }),
    );
    const [x, y] = [backend.tensor(images), backend.tensor(labels)];
    const optimizer = new optim.Adam(net.parameters(), { lr: 0.05 });
    for (let i = 0; i < 6; i++) {
      const loss = optimizer.minimize(() => F.crossEntropy(net.forward(x), y));
      expect(backendOf(loss)).toBe(backend);
      yield (await loss.data())[0];
      loss.dispose();
    }
  }

  it('train in turns, interleaved by awaits, as each would alone', async () => {
    const alone: number[] = [];
    for await (const loss of training(simd)) alone.push(loss);
    expect(alone.at(-1)!).toBeLessThan(alone[0]);

    const collect = async (backend: Backend) => {
      const losses: number[] = [];
      for await (const loss of training(backend)) losses.push(loss);
      return losses;
    };
    const [onSimd, onCpu] = await Promise.all([collect(simd), collect(cpu)]);
    expect(onSimd).toEqual(alone);
    for (const [i, loss] of onCpu.entries()) expect(loss).toBeCloseTo(alone[i], 5);
    expect(tf.getBackend()).toBe('simd');
  });
});

describe('host arrays', () => {
  it.each([
    [hostArray('float64', [2], Float64Array.of(0.5, -1)), hostArray('float32', [2], Float32Array.of(0.5, -1))],
    [hostArray('int64', [2], BigInt64Array.of(5n, -6n)), hostArray('int32', [2], Int32Array.of(5, -6))],
    [hostArray('uint8', [2], Uint8Array.of(0, 255)), hostArray('int32', [2], Int32Array.of(0, 255))],
    [hostArray('bool', [2], Uint8Array.of(0, 1)), hostArray('bool', [2], Uint8Array.of(0, 1))],
    [hostArray('float32', [], Float32Array.of(7)), hostArray('float32', [], Float32Array.of(7))],
    [hostArray('float32', [0, 3], new Float32Array()), hostArray('float32', [0, 3], new Float32Array())],
  ])('go to a backend and come back in the types that it has (%#)', async (given, expected) => {
    for (const backend of [simd, cpu]) {
      const tensor = backend.tensor(given);
      expect(await toHost(tensor)).toEqual(expected);
      tensor.dispose();
    }
  });

  it('may be changed after a tensor has been made of them', async () => {
    for (const backend of [simd, cpu]) {
      const array = hostArray('float32', [2], Float32Array.of(1, 2));
      const tensor = backend.tensor(array);
      array.data[0] = 7;
      expect(Array.from((await toHost(tensor)).data)).toEqual([1, 2]);
      tensor.dispose();
    }
  });

  it('that TensorFlow.js cannot hold are refused', () => {
    expect(() => simd.tensor(hostArray('float16', [1], Uint16Array.of(0)))).toThrow(
      'TensorFlow.js has no float16 tensors: convert the array to float32 first',
    );
    expect(() => simd.tensor(hostArray('int64', [1], BigInt64Array.of(2n ** 40n)))).toThrow(
      "1099511627776 does not fit TensorFlow.js's widest integer, int32",
    );
    expect(() => hostArray('float32', [2, 2], new Float32Array(3))).toThrow('shape [2, 2] holds 4 elements, got 3');
  });
});

describe('a tensor made by plain TensorFlow.js code', () => {
  it('belongs to a backend too', () => {
    const tensor = tf.tensor1d([1]);
    expect(backendOf(tensor)).toBe(simd);
    tensor.dispose();
    expect(() => backendOf(tensor)).toThrow('the tensor of shape [1] has been disposed');
  });
});

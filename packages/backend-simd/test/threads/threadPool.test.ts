import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { SimdBackend } from '../../src/backend/simdBackend.ts';
import { FLAMBEAU_KERNELS, registerSimdBackend, type SimdBackendOptions, SimdThreadError } from '../../src/index.ts';
import { generator, randomFloats } from '../reference/numbers.ts';

let count = 0;
let name = '';

function start(options: SimdBackendOptions): SimdBackend {
  name = registerSimdBackend({ name: `simd-pool-${count++}`, ...options });
  tf.setBackend(name);
  return tf.backend() as SimdBackend;
}

afterEach(() => {
  vi.restoreAllMocks();
  tf.removeBackend(name);
});

interface TerminableWorker {
  terminate(): unknown;
  once(event: 'exit', listener: () => void): void;
}

/** Hands over the workers that are started from now on. */
function spyOnWorkers(): TerminableWorker[] {
  const workers: TerminableWorker[] = [];
  const real = process.getBuiltinModule('node:worker_threads');
  class Spied extends real.Worker {
    constructor(...args: ConstructorParameters<typeof real.Worker>) {
      super(...args);
      workers.push(this);
    }
  }
  const original = process.getBuiltinModule.bind(process);
  vi.spyOn(process, 'getBuiltinModule').mockImplementation(((id: string) =>
    id === 'node:worker_threads' ? { ...real, Worker: Spied } : original(id)) as typeof process.getBuiltinModule);
  return workers;
}

/** One convolution's three kernels, a product and a sum: large enough to be cut without being told to. */
function compute(): Float32Array[] {
  return tf.tidy(() => {
    const random = generator(7);
    const floats = (shape: number[]) =>
      tf.tensor(
        randomFloats(
          shape.reduce((a, b) => a * b, 1),
          random,
        ),
        shape,
      );
    const input = floats([64, 3, 20, 20]);
    const weight = floats([8, 3, 5, 5]);
    const gradOutput = floats([64, 8, 16, 16]);
    const attrs = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 };
    const run = (kernelName: string, inputs: tf.NamedTensorMap, more = {}) =>
      tf.engine().runKernel(kernelName, inputs, { ...attrs, ...more } as never) as tf.Tensor;
    return [
      run(FLAMBEAU_KERNELS.conv2d, { input, weight }),
      run(FLAMBEAU_KERNELS.conv2dBackwardInput, { gradOutput, weight }, { inputShape: input.shape }),
      run(FLAMBEAU_KERNELS.conv2dBackwardWeight, { gradOutput, input }, { weightShape: weight.shape }),
      run(FLAMBEAU_KERNELS.conv2dBackwardBias, { gradOutput }),
      tf.matMul(tf.reshape(input, [240, 320]), tf.reshape(input, [320, 240])),
      tf.sum(tf.exp(input), [0, 2]),
    ].map((tensor) => tensor.dataSync<'float32'>());
  });
}

function bytes({ buffer }: Float32Array): Uint8Array {
  return new Uint8Array(buffer);
}

describe('threads', () => {
  test.each([2, 3])('the same %i threads give the same bits, whoever ran which part', (threads) => {
    // With one backend each thread runs its own parts, with the other whoever comes first.
    start({ threads, splitAlways: true });
    const first = compute();
    tf.removeBackend(name);
    start({ threads });
    for (let repetition = 0; repetition < 20; repetition++) {
      compute().forEach((values, index) => void expect(Buffer.compare(bytes(values), bytes(first[index]!))).toBe(0));
    }
  });

  test('start with the first kernel that is large enough', () => {
    const workers = spyOnWorkers();
    start({ threads: 3 });
    tf.dispose(tf.matMul(tf.ones([10, 10]), tf.ones([10, 10])));
    expect(workers.length).toBe(0);
    compute();
    expect(workers.length).toBe(2);
    compute();
    expect(workers.length).toBe(2);
  });

  test('end when the backend is disposed of', async () => {
    const workers = spyOnWorkers();
    const backend = start({ threads: 2, splitAlways: true });
    compute();
    const ended = new Promise<void>((resolve) => workers[0]!.once('exit', resolve));
    backend.dispose();
    await ended;
    expect(() => tf.add([1], [2])).toThrow(new SimdThreadError('The simd backend has been disposed of.'));
  });

  test('a worker that is killed in the middle of a part gives an error, not a hang; then every kernel refuses', () => {
    const workers = spyOnWorkers();
    const backend = start({ threads: 2, splitAlways: true, threadPatienceMs: 2000 });
    const kept = tf.tensor1d([1, 2, 3]);
    compute();
    // The calling thread's part of a product that takes the worker seconds: it only ends the worker, which is under way.
    const a = tf.ones([2000, 2000]);
    const pool = (backend as unknown as { pool: { options: { functions: unknown[] } } }).pool;
    const gemm = Object.keys(backend.wasm).indexOf('gemm');
    const own = pool.options.functions.slice();
    own[gemm] = () => {
      const until = performance.now() + 50;
      while (performance.now() < until);
      workers[0]!.terminate();
    };
    pool.options.functions = own;
    expect(() => tf.matMul(a, a)).toThrow(
      new SimdThreadError('A thread of the simd backend has not answered for 2 s: it has died or got stuck.'),
    );
    expect(() => tf.add(kept, 1)).toThrow(SimdThreadError);
    expect(Array.from(kept.dataSync())).toEqual([1, 2, 3]);
  });

  test('a worker that ends between kernels gives an error', async () => {
    const workers = spyOnWorkers();
    start({ threads: 2 });
    compute();
    const ended = new Promise<void>((resolve) => workers[0]!.once('exit', resolve));
    workers[0]!.terminate();
    // Until that is known its parts are taken over.
    compute();
    await ended;
    expect(() => compute()).toThrow(
      new SimdThreadError('A thread of the simd backend is gone: it ended with exit code 1.'),
    );
  });

  test('a kernel that fails on a thread fails where it was called', () => {
    const backend = start({ threads: 2, splitAlways: true });
    const beyond = 0xfffffff0;
    expect(() => backend.run('unary', backend.split(64, 0, 16), [0, beyond, beyond, 0, 0, 64])).toThrow(
      /^A kernel failed on a thread of the simd backend: RuntimeError: memory access out of bounds\.$/,
    );
    expect(() => tf.add([1], [2])).toThrow(SimdThreadError);
  });

  test('memory that grows while threads are there grows for all of them', () => {
    const backend = start({ threads: 2, splitAlways: true });
    compute();
    const before = backend.heap.memoryBytes;
    const large = tf.fill([6 * 2 ** 20], 3);
    expect(backend.heap.memoryBytes).toBeGreaterThan(before);
    const doubled = tf.add(large, large).dataSync();
    expect(doubled.every((value) => value === 6)).toBe(true);
  });

  test('what is read is not shared: browsers refuse shared views in many places', async () => {
    start({ threads: 2 });
    const tensor = tf.tensor1d([1, 2, 3]);
    for (const values of [tensor.dataSync(), await tensor.data()]) {
      expect(values.buffer).toBeInstanceOf(ArrayBuffer);
    }
  });
});

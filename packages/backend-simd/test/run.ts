import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe } from 'vitest';
import type { SimdBackend } from '../src/backend/simdBackend.ts';
import { registerSimdBackend } from '../src/index.ts';
import { sizeOf } from './reference/numbers.ts';

export interface Values {
  values: ArrayLike<number>;
  shape: readonly number[];
  dtype?: 'float32' | 'int32' | 'bool';
}

export interface Result {
  values: Float32Array;
  shape: number[];
  dtype: string;
}

/**
 * The backends that the tests run on: what is freed turns to NaN, and every kernel is cut that has two of anything, each part
 * left to its own thread. One thread has a memory of its own, the others share theirs. Both builds of the kernels, one with
 * fused multiply-adds, with a memory of either kind; where the engine has none, they are the same.
 */
export const TEST_BACKENDS = [
  { threads: 1, relaxedSimd: true },
  { threads: 1, relaxedSimd: false },
  { threads: 2, relaxedSimd: true },
  { threads: 3, relaxedSimd: false },
].map(({ threads, relaxedSimd }) => {
  const kind = relaxedSimd ? 'relaxed' : 'plain';
  const name = `simd-test-${threads}-${kind}`;
  registerSimdBackend({ name, threads, relaxedSimd, poisonFreed: true, splitAlways: true });
  return { threads, kind, name };
});

let current = TEST_BACKENDS[0]!.name;

export function testBackendName(): string {
  return current;
}

/** Declares a group of tests once for each test backend. */
export function describeOnThreads(title: string, tests: () => void): void {
  describe.each(TEST_BACKENDS)(`${title}, $kind, threads: $threads`, ({ name }) => {
    beforeAll(() => {
      current = name;
    });
    tests();
  });
}

export function useTestBackend(): SimdBackend {
  tf.setBackend(current);
  return tf.backend() as SimdBackend;
}

export function tensorOf({ values, shape, dtype = 'float32' }: Values): tf.Tensor {
  return tf.tensor(Array.from(values), [...shape], dtype);
}

/**
 * Runs a kernel by name and gives what it returned. Fails if it leaves anything behind, or returns another number of
 * elements than its shape says.
 */
export function runKernel(name: string, inputs: Record<string, Values | undefined>, attrs: object = {}): Result[] {
  const backend = useTestBackend();
  const before = backend.heap.usedBytes;
  const results = tf.tidy(() => {
    const tensors: tf.NamedTensorMap = {};
    for (const [key, value] of Object.entries(inputs)) if (value) tensors[key] = tensorOf(value);
    const out = tf.engine().runKernel(name, tensors, attrs as tf.NamedAttrMap);
    return (Array.isArray(out) ? out : [out]).map((tensor) => ({
      values: tensor.dataSync<'float32'>(),
      shape: tensor.shape,
      dtype: tensor.dtype,
    }));
  });
  for (const { values, shape } of results) {
    if (values.length !== sizeOf(shape)) throw new Error(`${name}: ${values.length} numbers for shape [${shape}]`);
  }
  if (backend.heap.usedBytes !== before) {
    throw new Error(`${name}: ${backend.heap.usedBytes - before} bytes left behind`);
  }
  return results;
}

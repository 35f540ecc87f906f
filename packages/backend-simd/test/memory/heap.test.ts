import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SimdBackend } from '../../src/backend/simdBackend.ts';
import { registerSimdBackend, type SimdMemoryInfo } from '../../src/index.ts';
import { generator, sizeOf } from '../reference/numbers.ts';

const MEGABYTE = 2 ** 20;

describe.each([1, 2])('memory of a backend, threads: %i', (threads) => {
  let backend: SimdBackend;
  let name: string;
  let count = 0;

  beforeEach(() => {
    name = registerSimdBackend({
      name: `simd-memory-${threads}-${count++}`,
      ...{ threads, maxMemoryBytes: 64 * MEGABYTE, poisonFreed: true, splitAlways: true },
    });
    tf.setBackend(name);
    backend = tf.backend() as SimdBackend;
  });
  afterEach(() => tf.removeBackend(name));

  const memory = () => tf.memory() as unknown as SimdMemoryInfo & tf.MemoryInfo;

  test('random sequences of creating, computing and disposing leak nothing and keep every live tensor right', () => {
    const random = generator(42);
    const live: { tensor: tf.Tensor; value: number }[] = [];
    const pick = () => live[Math.floor(random() * live.length)]!;
    for (let step = 0; step < 10_000; step++) {
      const action = random();
      if (action < 0.4 || live.length < 2) {
        const shape = Array.from({ length: Math.floor(random() * 4) }, () => 1 + Math.floor(random() * 12));
        const value = Math.floor(random() * 100);
        live.push({ tensor: tf.fill(shape, value), value });
      } else if (action < 0.6) {
        const { tensor, value } = pick();
        live.push({ tensor: tf.tidy(() => tf.sub(tf.add(tensor, 5), 3)), value: value + 2 });
      } else if (action < 0.7) {
        const { tensor, value } = pick();
        live.push({ tensor: random() < 0.5 ? tf.clone(tensor) : tf.reshape(tensor, [-1]), value });
      } else {
        const [{ tensor, value }] = live.splice(Math.floor(random() * live.length), 1) as [(typeof live)[0]];
        expect(Array.from(tensor.dataSync())).toEqual(new Array(tensor.size).fill(value));
        tensor.dispose();
      }
      if (live.length > 60) live.splice(0, 30).forEach(({ tensor }) => void tensor.dispose());
    }
    for (const { tensor, value } of live) {
      expect(Array.from(tensor.dataSync())).toEqual(new Array(tensor.size).fill(value));
      tensor.dispose();
    }
    expect(memory().numBytesInUse).toBe(0);
    expect(memory().numBlocksInUse).toBe(0);
  });

  test('live tensors survive growth, which outdates every older view', () => {
    const small = tf.tensor1d([1, 2, 3]);
    const before = memory().numBytesOfMemory;
    const view = backend.values<Float32Array>(small);
    const large = tf.ones([10 * MEGABYTE]);
    expect(memory().numBytesOfMemory).toBeGreaterThan(before);
    // Growth detaches views of plain memory; those of shared memory stay and end where it ended.
    expect(view.length).toBe(threads === 1 ? 0 : 3);
    expect(Array.from(tf.add(small, 1).dataSync())).toEqual([2, 3, 4]);
    // A kernel of the cpu backend reads through the same records.
    expect(Array.from(tf.cumsum(small).dataSync())).toEqual([1, 3, 6]);
    large.dispose();
  });

  test('what has been read does not change when its memory is used again', () => {
    const tensor = tf.tensor1d([1, 2, 3]);
    const values = tensor.dataSync();
    tensor.dispose();
    tf.tensor1d([7, 8, 9]);
    expect(Array.from(values)).toEqual([1, 2, 3]);
  });

  test('the array that a tensor was made from can be changed afterwards', () => {
    const array = Float32Array.of(1, 2);
    const tensor = tf.tensor1d(array);
    array[0] = 100;
    expect(Array.from(tensor.dataSync())).toEqual([1, 2]);
  });

  test('beyond the limit there is one clear error, and what was there stays', () => {
    const kept = tf.fill([MEGABYTE], 3);
    expect(() => tf.zeros([20 * MEGABYTE])).toThrow(
      'The simd backend is out of memory: 84 MB asked for, 4.19 MB of at most 67 MB in use by 1 tensors.',
    );
    expect(tf.sum(kept).dataSync()[0]).toBe(3 * MEGABYTE);
    kept.dispose();
    // The room is still there for something that fits.
    tf.dispose(tf.zeros([12 * MEGABYTE]));
  });

  test('a kernel that runs out of memory halfway frees what it has made', () => {
    // 25 MB, and the pool's maxima and indices as much each: the third doesn't fit.
    const outputSize = [3072, 2048] as const;
    const input = tf.zeros([1, 1, ...outputSize]);
    const before = memory().numBytesInUse;
    const attrs = { kernelSize: [1, 1], stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], outputSize };
    expect(() => tf.engine().runKernel('flambeau::max_pool2d', { input }, attrs as never)).toThrow(/out of memory/);
    expect(memory().numBytesInUse).toBe(before);
    input.dispose();
  });

  test('memory is reported exactly, in blocks', () => {
    expect(memory().unreliable).toBe(false);
    const tensor = tf.zeros([100]);
    expect(memory().numBytesInUse).toBe(448);
    expect(memory().maxBytesOfMemory).toBe(64 * MEGABYTE);
    const alias = tf.reshape(tensor, [10, 10]);
    expect(memory().numBytesInUse).toBe(448);
    tensor.dispose();
    expect(memory().numBytesInUse).toBe(448);
    alias.dispose();
    expect(memory().numBytesInUse).toBe(0);
  });

  test('complex numbers and strings come and go too', () => {
    const before = memory().numTensors;
    tf.tidy(() => {
      const spectrum = tf.fft(tf.complex(tf.tensor1d([1, 2, 3, 4]), tf.zeros([4])));
      expect(sizeOf(spectrum.shape)).toBe(4);
      expect(Array.from(tf.real(spectrum).dataSync())).toEqual([10, -2, -2, -2]);
      expect(tf.tensor1d(['a', 'ü']).dataSync<'string'>()).toEqual(['a', 'ü']);
    });
    expect(memory().numBytesInUse).toBe(0);
    expect(memory().numTensors).toBe(before);
  });

  test('tensors move between backends with their numbers, complex ones too', () => {
    const made = tf.tidy(() => ({ plain: tf.tensor1d([1, 2], 'int32'), complex: tf.complex([1, 2], [3, 4]) }));
    tf.setBackend('cpu');
    expect(Array.from(tf.add(made.plain, 1).dataSync())).toEqual([2, 3]);
    const onCpu = tf.complex([5, 6], [7, 8]);
    tf.setBackend(name);
    expect(Array.from(tf.real(onCpu).dataSync())).toEqual([5, 6]);
    expect(Array.from(tf.add(made.plain, 1).dataSync())).toEqual([2, 3]);
    expect(Array.from(tf.imag(made.complex).dataSync())).toEqual([3, 4]);
  });

  test('a limit that is no size is refused', () => {
    const tiny = registerSimdBackend({ name: `simd-tiny-${threads}`, threads, maxMemoryBytes: 1 });
    expect(() => tf.engine().findBackendFactory(tiny)!()).toThrow(
      'maxMemoryBytes: expected at least 131072 bytes, got 1',
    );
  });
});

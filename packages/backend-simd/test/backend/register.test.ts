import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { SimdBackend } from '../../src/backend/simdBackend.ts';
import { FLAMBEAU_KERNELS, registerSimdBackend, simdDevice, simdMissing } from '../../src/index.ts';
import { fusesMultiplyAdd } from '../../src/wasm/relaxed.ts';

const SIMD = fusesMultiplyAdd() ? 'relaxed SIMD' : 'SIMD';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('registerSimdBackend', () => {
  test("importing the package registers 'simd', ahead of cpu", () => {
    expect(tf.engine().backendNames()).toContain('simd');
    expect(tf.engine().backend).toBe(tf.engine().findBackend('simd'));
  });

  test('every cpu kernel exists under its name, and the kernels of the contract', () => {
    const names = new Set(tf.getKernelsForBackend('simd').map((kernel) => kernel.kernelName));
    for (const { kernelName } of tf.getKernelsForBackend('cpu')) expect(names).toContain(kernelName);
    for (const name of Object.values(FLAMBEAU_KERNELS)) expect(names).toContain(name);
  });

  test('the same twice does nothing; the same name with other options is refused', () => {
    expect(registerSimdBackend()).toBe('simd');
    expect(registerSimdBackend({ name: 'simd' })).toBe('simd');
    expect(() => registerSimdBackend({ maxMemoryBytes: 2 ** 24 })).toThrow(
      "registerSimdBackend: 'simd' is already registered with other options",
    );
    expect(() => registerSimdBackend({ name: 'cpu' })).toThrow(
      "registerSimdBackend: the name 'cpu' belongs to another backend.",
    );
  });

  test.each([0, -1, 1.5, 32, Number.NaN])('%d threads are refused', (threads) => {
    expect(() => registerSimdBackend({ name: 'simd-nonsense', threads })).toThrow(
      new RangeError(`threads: expected a whole number from 1 to 31, got ${threads}`),
    );
  });

  test.each(['SharedArrayBuffer', 'Worker and worker_threads', 'isolation', 'waiting'])(
    'without %s there is one thread, and the device says so',
    (missing) => {
      if (missing === 'SharedArrayBuffer') vi.stubGlobal('SharedArrayBuffer', undefined);
      if (missing === 'Worker and worker_threads')
        vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never);
      if (missing === 'isolation') vi.stubGlobal('crossOriginIsolated', false);
      if (missing === 'waiting') {
        vi.spyOn(Atomics, 'wait').mockImplementation(() => {
          throw new TypeError('Atomics.wait cannot be called in this context');
        });
      }
      const name = `simd-without-${missing}`;
      expect(simdDevice(registerSimdBackend({ name, threads: 2 }))).toBe(`CPU · WebAssembly ${SIMD} · 1 thread`);
      tf.setBackend(name);
      expect((tf.backend() as SimdBackend).heap.memory.buffer).toBeInstanceOf(ArrayBuffer);
      expect(Array.from(tf.add([1], [2]).dataSync())).toEqual([3]);
      tf.removeBackend(name);
    },
  );

  test('a removed backend can be registered again', () => {
    const options = { name: 'simd-again' };
    tf.setBackend(registerSimdBackend(options));
    tf.removeBackend('simd-again');
    tf.setBackend(registerSimdBackend(options));
    expect(Array.from(tf.add([1], [2]).dataSync())).toEqual([3]);
    tf.removeBackend('simd-again');
  });

  test('two backends have memories of their own', () => {
    const [a, b] = [registerSimdBackend({ name: 'simd-a' }), registerSimdBackend({ name: 'simd-b' })];
    tf.setBackend(a);
    const tensor = tf.tensor1d([1, 2, 3]);
    tf.setBackend(b);
    expect(Array.from(tf.mul(tensor, 2).dataSync())).toEqual([2, 4, 6]);
  });

  test('says what it computes on, and that this engine can', () => {
    const threads = Math.min(4, availableParallelism());
    expect(simdDevice()).toBe(`CPU · WebAssembly ${SIMD} · ${threads} thread${threads === 1 ? '' : 's'}`);
    expect(simdDevice(registerSimdBackend({ name: 'simd-3', threads: 3 }))).toBe(
      `CPU · WebAssembly ${SIMD} · 3 threads`,
    );
    const plain = registerSimdBackend({ name: 'simd-one', threads: 1, relaxedSimd: false });
    expect(simdDevice(plain)).toBe('CPU · WebAssembly SIMD · 1 thread');
    expect(() => simdDevice('cpu')).toThrow("simdDevice: no simd backend is registered as 'cpu'.");
    expect(simdMissing()).toBeUndefined();
  });
});

describe('simdMissing', () => {
  test('explains an engine without SIMD, and one without WebAssembly', () => {
    const { WebAssembly } = globalThis;
    try {
      globalThis.WebAssembly = { ...WebAssembly, validate: () => false } as typeof WebAssembly;
      expect(simdMissing()).toMatch(/^The simd backend needs WebAssembly SIMD, which this JavaScript engine does not/);
      Reflect.deleteProperty(globalThis, 'WebAssembly');
      expect(simdMissing()).toMatch(/^The simd backend needs WebAssembly, which/);
    } finally {
      globalThis.WebAssembly = WebAssembly;
    }
  });
});

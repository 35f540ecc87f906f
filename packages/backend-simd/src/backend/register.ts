import { engine, getKernelsForBackend, type KernelConfig, registerKernel } from '@tensorflow/tfjs-core';
import { ownKernels } from '../kernels/all.ts';
import { threadCount } from '../threads/threadCount.ts';
import { fusesMultiplyAdd } from '../wasm/relaxed.ts';
import { simdMissing } from '../wasm/support.ts';
import { onHost } from './kernel.ts';
import { SimdBackend, type SimdEngineOptions } from './simdBackend.ts';

export interface SimdBackendOptions extends SimdEngineOptions {
  /** The name for `tf.setBackend`. Default: `'simd'`. */
  name?: string;
  /**
   * How many threads compute, the calling one included: 1…31. Default: as many as there are cores, at most 4. Where memory
   * can't be shared (a page's main thread, a page that isn't cross-origin isolated) there is one, whatever is asked for.
   */
  threads?: number;
  /**
   * Computes products with fused multiply-adds (relaxed SIMD): a fifth to a quarter faster, and rounded once instead of
   * twice. Default: true; where the engine or the machine has none, it makes no difference.
   */
  relaxedSimd?: boolean;
  /** The most bytes that the memory may grow to. Default: 4 GiB, what 32-bit WebAssembly can address. */
  maxMemoryBytes?: number;
  /** Fills freed memory with NaN, so that a use after free shows. For tests. Default: false. */
  poisonFreed?: boolean;
}

/**
 * TensorFlow.js starts the registered backend of the highest priority when none is chosen: this one before `cpu` (1), after
 * `webgl` and `wasm` (2), `webgpu` and `node` (3).
 */
const PRIORITY = 1.5;

/** Name → settings, shared by all copies of this package in a process (one may be imported and one required). */
const REGISTERED = Symbol.for('@flambeau/backend-simd:registered');
const shared = globalThis as { [REGISTERED]?: Map<string, string> };
shared[REGISTERED] ??= new Map();
const registered = shared[REGISTERED];

/**
 * Registers the backend and its kernels with TensorFlow.js. Importing the package has done so under `'simd'` with default
 * options; call this for another name or other options, before the name's first use. Registering the same twice does nothing.
 *
 * @returns the name, for `tf.setBackend`
 * @throws RangeError if `threads` is none of 1…31
 * @throws Error if the name is taken: by another backend, or by this one with other options
 * @example
 * ```ts
 * await tf.setBackend(registerSimdBackend({ name: 'simd-small', maxMemoryBytes: 512 * 2 ** 20 }));
 * ```
 */
export function registerSimdBackend(options: SimdBackendOptions = {}): string {
  const { name = 'simd', poisonFreed = false, relaxedSimd = true, ...rest } = options;
  const engineOptions = { ...rest, poisonFreed, relaxedSimd, threads: threadCount(options.threads) };
  const settings = JSON.stringify(engineOptions, Object.keys(engineOptions).sort());
  const before = registered.get(name);
  if (before === settings && engine().findBackendFactory(name) != null) return name;
  if (engine().findBackendFactory(name) != null) {
    throw new Error(
      before === undefined
        ? `registerSimdBackend: the name '${name}' belongs to another backend.`
        : `registerSimdBackend: '${name}' is already registered with other options (${before}, now ${settings}).`,
    );
  }
  engine().registerBackend(
    name,
    () => {
      const reason = simdMissing();
      if (reason !== undefined) throw new Error(reason);
      return new SimdBackend(engineOptions);
    },
    PRIORITY,
  );
  if (before === undefined) registerKernels(name);
  registered.set(name, settings);
  return name;
}

/**
 * What a backend computes on, for people: `CPU · WebAssembly relaxed SIMD · 2 threads`.
 *
 * @param name that it was registered under. Default: `'simd'`
 * @throws Error if there is no such backend of this package
 */
export function simdDevice(name = 'simd'): string {
  const settings = registered.get(name);
  if (settings === undefined) throw new Error(`simdDevice: no simd backend is registered as '${name}'.`);
  const { threads, relaxedSimd } = JSON.parse(settings) as { threads: number; relaxedSimd: boolean };
  const simd = relaxedSimd && fusesMultiplyAdd() ? 'relaxed SIMD' : 'SIMD';
  return `CPU · WebAssembly ${simd} · ${threads} thread${threads === 1 ? '' : 's'}`;
}

function registerKernels(backendName: string): void {
  const configs = new Map<string, Omit<KernelConfig, 'backendName'>>();
  for (const config of getKernelsForBackend('cpu')) {
    configs.set(config.kernelName, { ...config, kernelFunc: onHost(config) });
  }
  for (const config of ownKernels) configs.set(config.kernelName, config);
  for (const config of configs.values()) registerKernel({ ...config, backendName });
}

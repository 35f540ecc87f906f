import { engine, getKernelsForBackend, type KernelConfig, registerKernel } from '@tensorflow/tfjs-core';
import { ownKernels } from '../kernels/all.ts';
import type { HeapOptions } from '../memory/heap.ts';
import { simdMissing } from '../wasm/support.ts';
import { onHost } from './kernel.ts';
import { SimdBackend } from './simdBackend.ts';

export interface SimdBackendOptions extends HeapOptions {
  /** The name for `tf.setBackend`. Default: `'simd'`. */
  name?: string;
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
 * @throws Error if the name is taken: by another backend, or by this one with other options
 * @example
 * ```ts
 * await tf.setBackend(registerSimdBackend({ name: 'simd-small', maxMemoryBytes: 512 * 2 ** 20 }));
 * ```
 */
export function registerSimdBackend(options: SimdBackendOptions = {}): string {
  const { name = 'simd', maxMemoryBytes, poisonFreed = false } = options;
  const settings = JSON.stringify({ maxMemoryBytes, poisonFreed });
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
      return new SimdBackend({ maxMemoryBytes, poisonFreed });
    },
    PRIORITY,
  );
  if (before === undefined) registerKernels(name);
  registered.set(name, settings);
  return name;
}

function registerKernels(backendName: string): void {
  const configs = new Map<string, Omit<KernelConfig, 'backendName'>>();
  for (const config of getKernelsForBackend('cpu')) {
    configs.set(config.kernelName, { ...config, kernelFunc: onHost(config) });
  }
  for (const config of ownKernels) configs.set(config.kernelName, config);
  for (const config of configs.values()) registerKernel({ ...config, backendName });
}

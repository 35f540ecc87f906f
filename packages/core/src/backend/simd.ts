import { setBackend } from '@tensorflow/tfjs-core';
import { type BackendProvider, BackendUnavailableError } from './provider.ts';

/** `@flambeau/backend-simd`: a CPU used properly, from a plain `npm install`. */
export const simdProvider: BackendProvider = {
  name: 'simd',
  async open({ threads }) {
    if (threads !== undefined && !(Number.isInteger(threads) && threads > 0)) {
      throw new BackendUnavailableError(`backend 'simd' expected a whole number of threads above 0, got ${threads}`);
    }
    const { registerSimdBackend, simdDevice, simdThreadCount } = await import('@flambeau/backend-simd');
    let tfName: string;
    try {
      // A backend, with a memory of its own, for each number of threads: 'simd' for the one that is the default.
      const isDefault = threads === undefined || simdThreadCount(threads) === simdThreadCount();
      tfName = isDefault ? registerSimdBackend() : registerSimdBackend({ name: `simd-${threads}`, threads });
    } catch (error) {
      throw new BackendUnavailableError(`backend 'simd': ${(error as Error).message}`);
    }
    if (!(await setBackend(tfName))) {
      throw new BackendUnavailableError("backend 'simd' needs WebAssembly SIMD: Node 16 or a browser of 2023 or newer");
    }
    return {
      tfName,
      device: simdDevice(tfName),
      capabilities: { synchronousReads: true, gpu: false, copiesArrays: true },
    };
  },
};

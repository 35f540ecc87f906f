import { setBackend } from '@tensorflow/tfjs-core';
import { type BackendProvider, BackendUnavailableError } from './provider.ts';

/** `@flambeau/backend-simd`: a CPU used properly, from a plain `npm install`. */
export const simdProvider: BackendProvider = {
  name: 'simd',
  async open(options) {
    if (options.threads !== undefined && !(Number.isInteger(options.threads) && options.threads > 0)) {
      throw new BackendUnavailableError(
        `backend 'simd' expected a whole number of threads above 0, got ${options.threads}`,
      );
    }
    const { registerSimdBackend, simdDevice } = await import('@flambeau/backend-simd');
    const tfName = registerSimdBackend({});
    if (!(await setBackend(tfName))) {
      throw new BackendUnavailableError("backend 'simd' needs WebAssembly SIMD: Node 16 or a browser of 2023 or newer");
    }
    return { tfName, device: simdDevice(), capabilities: { synchronousReads: true, gpu: false } };
  },
};

import { setBackend } from '@tensorflow/tfjs-core';
import { importPeer, inNode } from './peer.ts';
import { type BackendProvider, BackendUnavailableError } from './provider.ts';
import { mendWasm } from './wasm/mend.ts';

/**
 * TensorFlow.js's own WebAssembly backend. It was made for inference: the kernels that training needs and it lacks are
 * added here, and its max-pooling gradient is mended. `simd` is many times faster; this one is for comparison, and for
 * models that run on it already.
 */
export const wasmProvider: BackendProvider = {
  name: 'wasm',
  async open({ threads }) {
    const wasm = await importPeer(
      'wasm',
      '@tensorflow/tfjs-backend-wasm',
      () => import('@tensorflow/tfjs-backend-wasm'),
    );
    if (threads !== undefined && threads > 1) {
      if (inNode) throw new BackendUnavailableError("backend 'wasm' has one thread in Node: use 'simd' for more");
      wasm.setThreadsCount(threads);
    }
    if (!(await setBackend('wasm'))) {
      throw new BackendUnavailableError(
        "backend 'wasm' did not start: serve the .wasm files of @tensorflow/tfjs-backend-wasm and name their place by setWasmPaths()",
      );
    }
    mendWasm();
    // Its count is a browser's; Node runs the build without threads.
    const count = inNode ? 1 : wasm.getThreadsCount();
    return {
      tfName: 'wasm',
      device: `CPU · TensorFlow.js WebAssembly · ${count} thread${count === 1 ? '' : 's'}`,
      capabilities: { synchronousReads: true, gpu: false },
    };
  },
};

import { setBackend } from '@tensorflow/tfjs-core';
import { internals } from './engine.ts';
import { importPeer } from './peer.ts';
import { type BackendProvider, BackendUnavailableError } from './provider.ts';

/** TensorFlow.js's plain JavaScript backend: slow, and right everywhere. The reference of the conformance suite. */
export const cpuProvider: BackendProvider = {
  name: 'cpu',
  async open(options) {
    if (options.threads !== undefined && options.threads !== 1) {
      throw new BackendUnavailableError(`backend 'cpu' runs on one thread, got threads: ${options.threads}`);
    }
    await importPeer('cpu', '@tensorflow/tfjs-backend-cpu', () => import('@tensorflow/tfjs-backend-cpu'));
    await setBackend('cpu');
    silenceAdvert(internals().backend);
    return {
      tfName: 'cpu',
      device: 'CPU · JavaScript · 1 thread',
      capabilities: { synchronousReads: true, gpu: false },
    };
  },
};

/** In Node TensorFlow.js's CPU backend prints an advertisement for tfjs-node at its first use. */
function silenceAdvert(backend: object): void {
  if ('firstUse' in backend) backend.firstUse = false;
}

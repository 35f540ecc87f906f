import { registerSimdBackend } from '@flambeau/backend-simd';
import { createBackend, registerBackendProvider } from '@flambeau/core';
import { conformanceCases, runSuite } from '@flambeau/core/conformance';
import * as tf from '@tensorflow/tfjs-core';

registerBackendProvider({
  name: 'simd-small',
  async open() {
    const tfName = registerSimdBackend({ name: 'simd-small', maxMemoryBytes: 256 * 2 ** 20 });
    await tf.setBackend(tfName);
    return { tfName, device: 'CPU · at most 256 MiB', capabilities: { synchronousReads: true, gpu: false } };
  },
});

const [backend, reference] = [await createBackend('simd-small'), await createBackend('cpu')];
const results = await runSuite(conformanceCases, backend, reference);
console.log(`${backend}: ${results.length} cases, all passed: ${results.every(({ passed }) => passed)}`);

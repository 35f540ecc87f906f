import { registerSimdBackend } from '@flambeau/backend-simd';
import { createBackend, registerBackendProvider } from '@flambeau/core';
import { conformanceCases, runCase } from '@flambeau/core/conformance';
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
let worst = 0;
for (const test of conformanceCases) worst = Math.max(worst, (await runCase(test, backend, reference)).worst);
console.log(`${backend}: ${conformanceCases.length} cases, all within 1e-5: ${worst <= 1e-5}`);

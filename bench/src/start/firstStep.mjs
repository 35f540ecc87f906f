// From nothing to the first training step, as a user's script does it: the built packages, in plain Node.
import { createBackend, functional as F, manualSeed, optim, setDefaultBackend } from '@flambeau/core';
import { NotesCnn } from '@flambeau/vision';

const backend = await createBackend('simd');
setDefaultBackend(backend);
manualSeed(0);
const model = new NotesCnn();
const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
const pixels = Float32Array.from({ length: 100 * 28 * 28 }, (_, i) => (i % 255) / 255);
const images = backend.tensor({ dtype: 'float32', shape: [100, 1, 28, 28], data: pixels });
const labels = backend.tensor({
  dtype: 'int32',
  shape: [100],
  data: Int32Array.from({ length: 100 }, (_, i) => i % 10),
});
const [loss] = await optimizer.minimize(() => F.crossEntropy(model.forward(images), labels)).data();
process.stdout.write(`${JSON.stringify({ loss })}\n`, () => process.exit());

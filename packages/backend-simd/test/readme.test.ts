import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
let folder: string;

beforeAll(async () => {
  // Within the package, so that tfjs is found from there.
  folder = await mkdtemp(join(root, 'node_modules', '.readme-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs TypeScript in a Node of its own, with tfjs as a user has it. */
async function run(code: string): Promise<string> {
  const result = await build({
    stdin: { contents: code, resolveDir: root, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['@tensorflow/*'],
    conditions: ['@flambeau/source'],
    write: false,
  });
  const file = join(folder, `${Date.now()}.mjs`);
  await writeFile(file, result.outputFiles[0]!.contents);
  const { stdout } = await promisify(execFile)(process.execPath, [file]);
  return stdout;
}

describe('plain TensorFlow.js code', () => {
  test("the README's example trains", async () => {
    const readme = await readFile(join(root, 'README.md'), 'utf8');
    const [, code] = /```ts\n([\s\S]*?)```/.exec(readme)!;
    const [, accuracy, backend] = /accuracy ([\d.]+) on (\w+)/.exec(await run(code!))!;
    expect(backend).toBe('simd');
    expect(Number(accuracy)).toBeGreaterThan(0.9);
  });

  test('a convolutional tf.layers model learns where a bright square is, and leaves nothing behind', async () => {
    const output = await run(`
      import * as tf from '@tensorflow/tfjs';
      import '@flambeau/backend-simd';
      await tf.setBackend('simd');
      const count = 96, size = 12;
      const places = Array.from({ length: count }, (_, i) => i % 4);
      const images = tf.tidy(() => {
        const buffer = tf.buffer([count, size, size, 1]);
        places.forEach((place, i) => {
          for (let y = 0; y < 3; y++) for (let x = 0; x < 3; x++) {
            buffer.set(1, i, y + (place & 1) * 6 + (i % 3), x + (place >> 1) * 6 + (i % 2), 0);
          }
        });
        return buffer.toTensor();
      });
      const labels = tf.tidy(() => tf.oneHot(tf.tensor1d(places, 'int32'), 4).toFloat());
      const model = tf.sequential({ layers: [
        tf.layers.conv2d({ inputShape: [size, size, 1], filters: 4, kernelSize: 3, activation: 'relu', padding: 'same' }),
        tf.layers.maxPooling2d({ poolSize: 2 }),
        tf.layers.batchNormalization(),
        tf.layers.depthwiseConv2d({ kernelSize: 3, activation: 'relu' }),
        tf.layers.flatten(),
        tf.layers.dropout({ rate: 0.1 }),
        tf.layers.dense({ units: 4, activation: 'softmax' }),
      ] });
      model.compile({ optimizer: tf.train.adam(0.02), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
      await model.fit(images, labels, { epochs: 4, batchSize: 32, verbose: 0 });
      const before = tf.memory();
      const { history } = await model.fit(images, labels, { epochs: 16, batchSize: 32, verbose: 0 });
      const after = tf.memory();
      console.log(JSON.stringify({
        accuracy: history.acc.at(-1),
        tensors: after.numTensors - before.numTensors,
        bytes: after.numBytesInUse - before.numBytesInUse,
      }));
    `);
    const result = JSON.parse(output.trim().split('\n').pop()!);
    expect(result.accuracy).toBeGreaterThan(0.9);
    expect(result).toMatchObject({ tensors: 0, bytes: 0 });
  });
});

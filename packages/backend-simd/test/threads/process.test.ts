import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fusesMultiplyAdd } from '../../src/wasm/relaxed.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;

beforeAll(async () => {
  // Within the package, so that tfjs is found from there.
  folder = await mkdtemp(join(root, 'node_modules', '.process-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a script that has computed on threads, bundled and minified as an application would be. */
async function run(format: 'esm' | 'cjs', ending: string): Promise<string> {
  const contents = `
    import * as tf from '@tensorflow/tfjs-core';
    import { registerSimdBackend, simdDevice } from '@flambeau/backend-simd';
    const name = registerSimdBackend({ name: 'simd-2', threads: 2, splitAlways: true });
    tf.setBackend(name);
    const product = tf.matMul(tf.ones([300, 300]), tf.ones([300, 300]));
    console.log(simdDevice(name), tf.max(product).dataSync()[0]);
    ${ending}
  `;
  const result = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    ...{ bundle: true, minify: true, keepNames: true, platform: 'node', format },
    external: ['@tensorflow/*'],
    conditions: ['@flambeau/source'],
    write: false,
  });
  const file = join(folder, `${Date.now()}.${format === 'esm' ? 'mjs' : 'cjs'}`);
  await writeFile(file, result.outputFiles[0]!.contents);
  const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 20_000 });
  return stdout.trim();
}

const RESULT = `CPU · WebAssembly ${fusesMultiplyAdd() ? 'relaxed SIMD' : 'SIMD'} · 2 threads 300`;

describe('a process that has used threads', () => {
  test.each(['esm', 'cjs'] as const)('ends when its script ends (%s)', async (format) => {
    expect(await run(format, '')).toBe(RESULT);
  });

  test('ends when it calls process.exit', async () => {
    expect(await run('esm', 'process.exit(0);')).toBe(RESULT);
  });

  test('ends after the backend was removed', async () => {
    expect(await run('esm', 'tf.removeBackend(name);')).toBe(RESULT);
  });
});

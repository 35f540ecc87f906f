import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createBackend, listBackends } from '../../src/index.ts';
import { nativeOrReason } from '../conformance/native.ts';

const missing = await nativeOrReason('node');

describe.skipIf(missing === '')('tfjs-node without its native half', () => {
  it('says how to get it', () => {
    expect(missing).toMatch(
      /backend 'node' lacks its native half \(.+\): npm rebuild @tensorflow\/tfjs-node --build-addon-from-source$/,
    );
  });
});

describe.skipIf(missing !== '')('tfjs-node', () => {
  it('names its TensorFlow, and is no GPU', async () => {
    const backend = await createBackend('node');
    expect(backend.device).toMatch(/^CPU · TensorFlow \d+\.\d+/);
    expect(backend.capabilities.gpu).toBe(false);
  });

  it('leaves the gradients that core has mended in place', async () => {
    const backend = await createBackend('node');
    const gradient = backend.run(() =>
      tf.grad((x) => tf.sum(tf.maximum(x, tf.tensor2d([[1], [2]]))))(tf.tensor1d([3])),
    );
    expect([...(await gradient.data())]).toEqual([2]);
  });

  it('refuses its twin in the same process, whose backend has the same name', async () => {
    await createBackend('node');
    await expect(createBackend('node-gpu')).rejects.toThrow(
      /backend 'node-gpu' (can't be had in a process that has opened 'node'|lacks its native half)/,
    );
  });
});

it('refuses a number of threads, and says what sets it', async () => {
  await expect(createBackend('node', { threads: 2 })).rejects.toThrow('set TF_NUM_INTRAOP_THREADS before Node starts');
});

it('is listed with its twin, each with a device or the reason why there is none', { timeout: 120_000 }, async () => {
  const reports = await listBackends();
  for (const name of ['node', 'node-gpu']) {
    const report = reports.find((candidate) => candidate.name === name)!;
    expect(report.available ? report.device : report.reason).toMatch(
      report.available ? /TensorFlow/ : /npm (install|rebuild)/,
    );
  }
});

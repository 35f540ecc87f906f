import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { createBackend, getDefaultBackend, nn, setDefaultBackend } from '../../src/index.ts';

// In a file of its own: once a default backend is set, it stays.
it('without a default backend modules say what to call, unless they are given one; opening sets none', async () => {
  const complaint = 'no backend has been chosen: call setDefaultBackend(await createBackend()) first';
  expect(() => getDefaultBackend()).toThrow(complaint);
  expect(() => new nn.Linear(1, 1)).toThrow(complaint);
  const backend = await createBackend('simd');
  expect(() => new nn.Linear(1, 1)).toThrow(complaint);
  expect(new nn.Linear(1, 1, { backend }).backend).toBe(backend);
  expect(() => new nn.ReLU().backend).toThrow(complaint);

  setDefaultBackend(backend);
  expect(getDefaultBackend()).toBe(backend);
  expect(tf.getBackend()).toBe('simd');
  expect(new nn.Linear(1, 1).backend).toBe(backend);
});

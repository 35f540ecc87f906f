import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Backend,
  type BackendOptions,
  type BackendProvider,
  BackendUnavailableError,
  backendOf,
  createBackend,
  functional as F,
  hostArray,
  listBackends,
  manualSeed,
  nn,
  optim,
  registerBackendProvider,
  setDefaultBackend,
} from '../../src/index.ts';

/** A backend as a third party would bring it: here TensorFlow.js's CPU backend under another name. */
function thirdParty(name: string, seen: BackendOptions[] = []): BackendProvider {
  return {
    name,
    async open(options) {
      seen.push(options);
      if (tf.findBackendFactory(name) == null) {
        const { MathBackendCPU } = await import('@tensorflow/tfjs-backend-cpu');
        tf.registerBackend(name, () => new MathBackendCPU());
        for (const kernel of tf.getKernelsForBackend('cpu')) tf.registerKernel({ ...kernel, backendName: name });
      }
      await tf.setBackend(name);
      return { tfName: name, device: 'a device of mine', capabilities: { synchronousReads: true, gpu: false } };
    },
  };
}

let simd: Backend;
beforeAll(async () => {
  simd = await createBackend('simd');
  setDefaultBackend(simd);
});

describe('createBackend', () => {
  it('gives the same backend for the same name and options, also when asked at the same time', async () => {
    const seen: BackendOptions[] = [];
    registerBackendProvider(thirdParty('same', seen));
    const [one, two] = await Promise.all([createBackend('same'), createBackend('same', {})]);
    const options = [
      { threads: 2, powerPreference: 'low-power' } as const,
      { powerPreference: 'low-power', threads: 2 } as const,
    ];
    const [three, four] = [await createBackend('same', options[0]), await createBackend('same', options[1])];
    expect(two).toBe(one);
    expect(four).toBe(three);
    expect(three).not.toBe(one);
    expect(seen).toEqual([{}, options[0]]);
  });

  it('does not change what plain TensorFlow.js code runs on, also when several are opened together, or fail', async () => {
    expect(tf.getBackend()).toBe('simd');
    registerBackendProvider(thirdParty('left'));
    registerBackendProvider(thirdParty('right'));
    await Promise.all([createBackend('left'), createBackend('right'), createBackend('cpu')]);
    expect(tf.getBackend()).toBe('simd');
    registerBackendProvider({
      name: 'halfway',
      async open() {
        await tf.setBackend('left');
        throw new BackendUnavailableError('halfway there');
      },
    });
    await expect(createBackend('halfway')).rejects.toThrow('halfway there');
    expect(tf.getBackend()).toBe('simd');
  });

  it('lists what there is where the name is unknown', async () => {
    const attempt = createBackend('cuda');
    await expect(attempt).rejects.toThrow(BackendUnavailableError);
    await expect(attempt).rejects.toThrow(
      /^unknown backend 'cuda': expected 'auto' or one of 'webgpu', 'node-gpu', 'simd', 'node', 'webgl', 'wasm', 'cpu'/,
    );
  });

  it.each([
    ['cpu', { threads: 4 }, "backend 'cpu' runs on one thread, got threads: 4"],
    ['simd', { threads: 0 }, "backend 'simd' expected a whole number of threads above 0, got 0"],
    ['webgpu', { threads: 2 }, "backend 'webgpu' has no threads to set"],
  ])('refuses what backend %s cannot honour', async (name, options, message) => {
    await expect(createBackend(name, options)).rejects.toThrow(message);
  });

  it('tries again after a failure', async () => {
    let installed = false;
    registerBackendProvider({
      name: 'later',
      async open(options) {
        if (!installed) throw new BackendUnavailableError('not yet');
        return { ...(await thirdParty('left').open(options)), device: 'at last' };
      },
    });
    await expect(createBackend('later')).rejects.toThrow('not yet');
    installed = true;
    expect((await createBackend('later')).device).toBe('at last');
  });
});

describe("a third party's provider", () => {
  it('trains like any other, to the same losses', async () => {
    registerBackendProvider(thirdParty('mine'));
    const mine = await createBackend('mine');
    expect(`${mine}`).toBe('mine (a device of mine)');
    const losses = async (backend: Backend) => {
      manualSeed(1);
      const net = new nn.Sequential(
        new nn.Conv2d(1, 2, 3, { backend }),
        new nn.ReLU(),
        new nn.Flatten(),
        new nn.Linear(8, 2, { backend }),
      );
      const x = backend.tensor(
        hostArray(
          'float32',
          [2, 1, 4, 4],
          Float32Array.from({ length: 32 }, (_, i) => Math.sin(i)),
        ),
      );
      const y = backend.tensor(hostArray('int32', [2], Int32Array.of(0, 1)));
      const optimizer = new optim.Adam(net.parameters(), { lr: 0.05 });
      const found: number[] = [];
      for (let i = 0; i < 5; i++) {
        const loss = optimizer.minimize(() => F.crossEntropy(net.forward(x), y));
        expect(backendOf(loss)).toBe(backend);
        found.push((await loss.data())[0]);
        loss.dispose();
      }
      return found;
    };
    const [onMine, onSimd] = [await losses(mine), await losses(simd)];
    for (const [i, loss] of onMine.entries()) expect(loss).toBeCloseTo(onSimd[i], 5);
    expect(onMine.at(-1)!).toBeLessThan(onMine[0]);
  });

  it('takes the place of an earlier one of its name, and is asked anew', async () => {
    registerBackendProvider(thirdParty('replaced'));
    const before = await createBackend('replaced');
    registerBackendProvider({
      ...thirdParty('replaced'),
      open: async (o) => ({ ...(await thirdParty('replaced').open(o)), device: 'newer' }),
    });
    expect((await createBackend('replaced')).device).toBe('newer');
    expect(before.device).toBe('a device of mine');
  });
});

describe('listBackends', () => {
  it('says of each what its device is, or in its own words why it cannot be had', async () => {
    registerBackendProvider({
      name: 'broken',
      open: () => Promise.reject(new BackendUnavailableError('install the driver')),
    });
    registerBackendProvider({ name: 'rude', open: () => Promise.reject('just no') });
    registerBackendProvider({
      name: 'probed',
      open: () => Promise.reject(new Error('never opened to be listed')),
      probe: async () => ({ available: true, device: 'found by probing', reason: 'slow' }),
    });
    const reports = new Map((await listBackends()).map((report) => [report.name, report]));
    expect(reports.get('simd')).toEqual({ name: 'simd', available: true, device: simd.device, reason: '' });
    expect(reports.get('cpu')).toMatchObject({ available: true, reason: '' });
    expect(reports.get('broken')).toEqual({
      name: 'broken',
      available: false,
      device: '',
      reason: 'install the driver',
    });
    expect(reports.get('rude')).toMatchObject({ available: false, reason: 'just no' });
    expect(reports.get('probed')).toEqual({
      name: 'probed',
      available: true,
      device: 'found by probing',
      reason: 'slow',
    });
    expect(reports.has('webgpu')).toBe(true);
    expect(tf.getBackend()).toBe('simd');
  });
});

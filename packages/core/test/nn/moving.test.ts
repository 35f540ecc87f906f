import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Backend,
  backendOf,
  createBackend,
  functional as F,
  hostArray,
  manualSeed,
  nn,
  optim,
  setDefaultBackend,
} from '../../src/index.ts';

let simd: Backend;
let cpu: Backend;
beforeAll(async () => {
  [simd, cpu] = [await createBackend('simd'), await createBackend('cpu')];
  setDefaultBackend(simd);
});

const images = hostArray(
  'float32',
  [6, 4],
  Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
);
const labels = hostArray('int32', [6], Int32Array.of(0, 1, 2, 0, 1, 2));

const makeNet = () => {
  manualSeed(0);
  return new nn.Sequential(
    new nn.Linear(4, 5, { bias: false }),
    new nn.BatchNorm1d(5),
    new nn.ReLU(),
    new nn.Linear(5, 3),
  );
};

async function train(net: nn.Sequential, backend: Backend, steps: number): Promise<number[]> {
  const [x, y] = [backend.tensor(images), backend.tensor(labels)];
  const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const loss = optimizer.minimize(() => F.crossEntropy(net.forward(x), y));
    losses.push((await loss.data())[0]);
    loss.dispose();
  }
  tf.dispose([x, y]);
  return losses;
}

describe('model.to(backend)', () => {
  it('keeps parameters themselves, their values and what is frozen, and leaves nothing on the old backend', async () => {
    const bytes = () => simd.run(() => (tf.memory() as unknown as { numBytesInUse: number }).numBytesInUse);
    const before = bytes();
    const net = makeNet();
    const [parameters, dict] = [net.parameters(), await net.stateDict()];
    parameters[0].requiresGrad = false;
    const { numTensors } = tf.memory();

    expect(await net.to(cpu)).toBe(net);
    expect(net.backend).toBe(cpu);
    expect([...net.parameters(), ...net.buffers()].every((tensor) => backendOf(tensor) === cpu)).toBe(true);
    expect(net.parameters().every((parameter, i) => parameter === parameters[i])).toBe(true);
    expect(parameters.map(({ requiresGrad }) => requiresGrad)).toEqual([false, true, true, true, true]);
    expect(await net.stateDict()).toEqual(dict);
    expect(bytes()).toBe(before);
    expect(tf.memory().numTensors).toBe(numTensors);

    await net.to(simd);
    expect(net.backend).toBe(simd);
    expect(await net.stateDict()).toEqual(dict);
    net.dispose();
    expect(bytes()).toBe(before);
  });

  it('lets training go on where it was', async () => {
    const stayed = makeNet();
    const expected = await train(stayed, simd, 6);
    const moved = makeNet();
    const first = await train(moved, simd, 3);
    const second = await train(await moved.to(cpu), cpu, 2);
    const third = await train(await moved.to(simd), simd, 1);
    for (const [i, loss] of [...first, ...second, ...third].entries()) expect(loss).toBeCloseTo(expected[i], 5);
    expect(expected.at(-1)!).toBeLessThan(expected[0]);
    stayed.dispose();
    moved.dispose();
  });

  it('makes a module of the given backend from the start where it is an option', () => {
    const layers = [
      new nn.Linear(1, 1, { backend: cpu }),
      new nn.Conv2d(1, 1, 1, { backend: cpu }),
      new nn.BatchNorm2d(1, { backend: cpu }),
    ];
    expect(layers.map(({ backend }) => backend)).toEqual([cpu, cpu, cpu]);
    for (const layer of layers) layer.dispose();
  });

  it('says both names where a step is tried with tensors of two backends', () => {
    const net = new nn.Linear(2, 1);
    const x = cpu.tensor(hostArray('float32', [1, 2], Float32Array.of(1, 2)));
    expect(() => net.forward(x)).toThrow(
      /: expected all tensors on one backend, got one on 'cpu' and one on 'simd'; move one with .to\(backend\)$/,
    );
    net.dispose();
    x.dispose();
  });
});

describe('a parameter with requiresGrad = false', () => {
  it('stays as it is while the others are trained', async () => {
    const net = makeNet();
    net.parameters()[0].requiresGrad = false;
    const before = await net.stateDict();
    await train(net, simd, 3);
    const after = await net.stateDict();
    expect(after['0.weight']).toEqual(before['0.weight']);
    expect(after['3.weight']).not.toEqual(before['3.weight']);
    net.dispose();
  });
});

import { type Backend, functional as F, hostArray, manualSeed, optim, tidy, toHost } from '@flambeau/core';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ResidualCnn } from '../../src/models/residualCnn.ts';
import { simd } from '../onSimd.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await simd();
});

const images = (count: number) =>
  backend.tensor(
    hostArray(
      'float32',
      [count, 1, 28, 28],
      Float32Array.from({ length: count * 784 }, (_, i) => ((i * 7919) % 256) / 255),
    ),
  );

describe('ResidualCnn', () => {
  it('has 157,330 parameters, none of them a bias before a batch norm', async () => {
    const net = new ResidualCnn();
    // 9·(1·24 + 24·48 + 48·48 + 48·96 + 96·96), 2·(24 + 48 + 48 + 96 + 96) of the batch norms, 96·10 + 10.
    expect(net.parameters().reduce((sum, { size }) => sum + size, 0)).toBe(157_330);
    expect(Object.keys(await net.stateDict()).filter((key) => key.endsWith('conv.bias'))).toEqual([]);
    net.dispose();
  });

  it('adds what its residual layers make to what they were given', async () => {
    manualSeed(0);
    const net = new ResidualCnn({ width: 4 });
    net.eval();
    const logits = () => tidy(() => net.forward(images(2)));
    const whole = await toHost(logits());
    expect(whole.shape).toEqual([2, 10]);
    // With γ = β = 0 a residual layer makes nothing; the network then is the one without it.
    for (const layer of [net.residual1, net.residual2]) {
      layer.bn.weight!.load(hostArray('float32', [layer.bn.numFeatures], new Float32Array(layer.bn.numFeatures)));
    }
    const without = tidy(() => {
      let x = F.maxPool2d(net.stem.forward(images(2)), 2);
      x = F.maxPool2d(net.widen1.forward(x), 2);
      x = F.maxPool2d(net.widen2.forward(x), 7);
      return net.out.forward(F.flatten(x, { startDim: 1 }));
    });
    expect(await toHost(logits())).toEqual(await toHost(without));
    expect(await toHost(without)).not.toEqual(whole);
    net.dispose();
  });

  it('learns a batch by heart, and a step leaves nothing behind', async () => {
    manualSeed(0);
    const net = new ResidualCnn({ width: 8 });
    const optimizer = new optim.SGD(net.parameters(), { lr: 0.05, momentum: 0.9, nesterov: true });
    const [x, y] = [
      images(20),
      backend.tensor(
        hostArray(
          'int32',
          [20],
          Int32Array.from({ length: 20 }, (_, i) => i % 10),
        ),
      ),
    ];
    const step = async () => {
      const loss = optimizer.minimize(() => F.crossEntropy(net.forward(x), y));
      const [value] = await loss.data();
      loss.dispose();
      return value!;
    };
    const first = await step();
    const before = memory().numTensors;
    let last = first;
    for (let i = 0; i < 30; i++) last = await step();
    expect(memory().numTensors).toBe(before);
    expect(last).toBeLessThan(first / 5);
    for (const owner of [optimizer, net, x, y]) owner.dispose();
  });
});

import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createBackend, functional as F, hostArray, nn, optim, type Tensor } from '../../src/index.ts';
import { onBackends } from '../golden/onBackends.ts';

const parameter = (...values: number[]) =>
  new nn.Parameter(hostArray('float32', [values.length], Float32Array.from(values)));
const read = async (tensor: Tensor) => [...(await tensor.data())];
const held = () => {
  const { numTensors, numBytes, numDataBuffers } = tf.memory();
  return { numTensors, numBytes, numDataBuffers };
};
const step = (optimizer: optim.Optimizer, f: () => Tensor) => optimizer.minimize(f).dispose();

onBackends('an optimizer', (backend) => {
  it('takes a new learning rate in the next step', async () => {
    const a = parameter(0);
    const optimizer = new optim.SGD([a], { lr: 1 });
    const down = () => tf.sum(a);
    step(optimizer, down);
    expect(await read(a)).toEqual([-1]);
    optimizer.lr = 0.25;
    step(optimizer, down);
    expect(await read(a)).toEqual([-1.25]);
    optimizer.lr = 0;
    step(optimizer, down);
    expect(await read(a)).toEqual([-1.25]);
    a.dispose();
  });

  it('leaves idle parameters, their averages and their counts alone until a gradient comes', async () => {
    const make = () => {
      const [busy, idle] = [parameter(1), parameter(1)];
      return { busy, idle, optimizer: new optim.Adam([busy, idle], { lr: 0.1 }) };
    };
    const { busy, idle, optimizer } = make();
    for (let i = 0; i < 3; i++) step(optimizer, () => tf.sum(tf.square(busy)));
    expect(await read(idle)).toEqual([1]);
    expect((await optimizer.stateDict()).parameters.map(({ step, buffers }) => [step, Object.keys(buffers)])).toEqual([
      [3, ['expAvg', 'expAvgSq']],
      [0, []],
    ]);
    step(optimizer, () => tf.sum(tf.square(tf.add(busy, idle))));
    // Adam's first step is the learning rate itself, whatever the gradient: the bias correction counts each one's own steps.
    expect((await read(idle))[0]).toBeCloseTo(0.9, 5);
  });

  it('goes on exactly from its state, also on another backend', async () => {
    const other = await createBackend(backend().name === 'cpu' ? 'simd' : 'cpu');
    const target = (on: typeof other) => on.tensor(hostArray('float32', [3], Float32Array.of(1, -2, 3)));
    const loss = (a: nn.Parameter, goal: Tensor) => () => tf.sum(tf.square(tf.sub(a, goal)));
    for (const make of [
      (p: nn.Parameter) => new optim.Adam([p], { lr: 0.1 }),
      (p: nn.Parameter) => new optim.AdamW([p], { lr: 0.1 }),
      (p: nn.Parameter) => new optim.SGD([p], { lr: 0.05, momentum: 0.9, nesterov: true }),
    ]) {
      const a = parameter(0, 0, 0);
      const optimizer = make(a);
      const goal = target(backend());
      for (let i = 0; i < 4; i++) step(optimizer, loss(a, goal));
      const state = structuredClone(await optimizer.stateDict());
      const b = new nn.Parameter(await a.toHost(), { backend: other });
      const restored = make(b);
      restored.lr = 99;
      restored.loadStateDict(state);
      expect(restored.lr).toBe(optimizer.lr);
      expect(await restored.stateDict()).toEqual(state);
      const otherGoal = target(other);
      for (let i = 0; i < 3; i++) {
        step(optimizer, loss(a, goal));
        step(restored, loss(b, otherGoal));
      }
      const [expected, actual] = [await read(a), await read(b)];
      for (const [i, value] of actual.entries()) expect(value).toBeCloseTo(expected[i], 5);
    }
  });

  it('refuses a state of other parameters', async () => {
    const state = await new optim.Adam([parameter(1)]).stateDict();
    expect(() => new optim.Adam([parameter(1), parameter(2)]).loadStateDict(state)).toThrow(/^optimizer: expected /);
  });

  it('is untouched by a state in which something later does not fit', async () => {
    const make = () => new optim.Adam([parameter(1), parameter(2)], { lr: 0.1 });
    const [optimizer, other] = [make(), make()];
    for (const each of [optimizer, other, other])
      step(each, () => tf.add(tf.sum(each.parameters[0]), tf.sum(each.parameters[1])));
    const [before, state, wrong] = [held(), await optimizer.stateDict(), structuredClone(await other.stateDict())];
    (wrong.parameters[1].buffers as Record<string, unknown>).expAvgSq = hostArray('float32', [2], new Float32Array(2));
    expect(() => optimizer.loadStateDict(wrong)).toThrow(
      /^optimizer: expected expAvgSq of .* of shape \[1\], got \[2\]$/,
    );
    expect(await optimizer.stateDict()).toEqual(state);
    expect(held()).toEqual(before);
  });

  it('keeps state only for what it trains, and frees it', () => {
    const a = parameter(1, 2);
    const before = held();
    const optimizer = new optim.Adam([a]);
    step(optimizer, () => tf.sum(a));
    expect(held().numTensors).toBe(before.numTensors + 2);
    optimizer.dispose();
    optimizer.dispose();
    expect(held()).toEqual(before);
    step(optimizer, () => tf.sum(a));
    expect(held().numTensors, 'starts anew').toBe(before.numTensors + 2);
    optimizer.dispose();
  });

  it('leaves no tensor behind and no parameter changed when a step throws', async () => {
    const a = parameter(1, 2);
    const optimizer = new optim.Adam([a]);
    step(optimizer, () => tf.sum(a));
    const [before, values, state] = [held(), await read(a), await optimizer.stateDict()];
    expect(() =>
      optimizer.minimize(() => {
        F.relu(tf.mul(a, 2));
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(held()).toEqual(before);
    expect(await read(a)).toEqual(values);
    expect(await optimizer.stateDict()).toEqual(state);
  });

  it('leaves no tensor behind when the gradients cannot be made into others', async () => {
    const a = parameter(1, 2);
    const optimizer = new optim.SGD([a], { lr: 1 });
    const before = held();
    const transformGradients = ([gradient]: readonly (Tensor | null)[]) => {
      tf.mul(gradient!, 2);
      throw new Error('no');
    };
    expect(() => optimizer.minimize(() => ({ loss: tf.sum(a), twice: tf.mul(a, 2) }), { transformGradients })).toThrow(
      'no',
    );
    expect(() => optimizer.minimize(() => tf.sum(a), { transformGradients: () => [] })).toThrow(
      'expected 1 gradients, got 0',
    );
    expect(held()).toEqual(before);
    expect(await read(a)).toEqual([1, 2]);
  });

  it('hands out what rides along, in a tidy too', async () => {
    const a = parameter(2);
    const optimizer = new optim.SGD([a], { lr: 0.5 });
    const before = held();
    const kept = tf.tidy(
      () => optimizer.minimize(() => ({ loss: tf.sum(tf.square(a)), logits: tf.mul(a, 10) })).logits,
    );
    expect(await read(kept)).toEqual([20]);
    expect(await read(a)).toEqual([0]);
    kept.dispose();
    expect(held()).toEqual(before);
  });

  it('takes gradients that were computed elsewhere, null for none', async () => {
    const [a, b] = [parameter(1), parameter(1)];
    const optimizer = new optim.SGD([a, b], { lr: 1 });
    const gradient = backend().tensor(hostArray('float32', [1], Float32Array.of(3)));
    optimizer.step([null, gradient]);
    expect([await read(a), await read(b)]).toEqual([[1], [-2]]);
    expect(() => optimizer.step([gradient])).toThrow('optimizer: expected 2 gradients, got 1');
  });

  it.each<[string, (p: nn.Parameter) => unknown, string]>([
    ['no parameter', () => new optim.Adam([]), 'expected at least one parameter'],
    ['one twice', (p) => new optim.Adam([p, p]), 'expected each parameter in one group only, got one twice'],
    ['another tensor', () => new optim.Adam([tf.variable(tf.scalar(1)) as never]), 'expected nn.Parameters'],
    ['a negative learning rate', (p) => new optim.SGD([p], { lr: -1 }), 'expected lr of at least 0, got -1'],
    [
      'a learning rate that is no number',
      (p) => new optim.Adam([p], { lr: Number.NaN }),
      'expected lr of at least 0, got NaN',
    ],
    ['β₂ = 1', (p) => new optim.Adam([p], { betas: [0.9, 1] }), 'expected betas[1] in [0, 1), got 1'],
    ['negative ε', (p) => new optim.AdamW([p], { eps: -1e-8 }), 'expected eps of at least 0, got -1e-8'],
    ['negative decay', (p) => new optim.SGD([p], { weightDecay: -1 }), 'expected weightDecay of at least 0, got -1'],
    [
      "Nesterov's momentum without momentum",
      (p) => new optim.SGD([p], { nesterov: true }),
      'Nesterov momentum needs momentum above 0',
    ],
  ])('refuses %s', (_, make, message) => {
    expect(() => make(parameter(1))).toThrow(message);
  });
});

describe('OneCycleLR', () => {
  const make = (options: Partial<optim.OneCycleLrOptions> = {}) => {
    const optimizer = new optim.SGD([parameter(1)], { lr: 1, momentum: 0.9 });
    return { optimizer, scheduler: new optim.OneCycleLR(optimizer, { maxLr: 0.5, totalSteps: 10, ...options }) };
  };

  it('rises from maxLr/divFactor to maxLr and falls below where it began', () => {
    const { optimizer, scheduler } = make();
    const rates = [optimizer.lr];
    for (let i = 0; i < 9; i++) {
      scheduler.step();
      rates.push(optimizer.lr);
    }
    expect(rates[0]).toBeCloseTo(0.5 / 25, 10);
    expect(Math.max(...rates)).toBeCloseTo(0.5, 10);
    expect(rates.indexOf(Math.max(...rates))).toBe(2);
    expect(rates[9]).toBeCloseTo(0.5 / 25 / 1e4, 12);
  });

  it('refuses steps beyond its end, and leaves the last learning rate', () => {
    const { optimizer, scheduler } = make();
    for (let i = 0; i < 10; i++) scheduler.step();
    const last = optimizer.lr;
    expect(() => scheduler.step()).toThrow(/10 steps|beyond|11/);
    expect(optimizer.lr).toBe(last);
  });

  it('goes on from its state', () => {
    const [one, other] = [make(), make()];
    for (let i = 0; i < 4; i++) one.scheduler.step();
    other.optimizer.lr = 7;
    other.scheduler.loadStateDict(structuredClone(one.scheduler.stateDict()));
    one.scheduler.step();
    other.scheduler.step();
    expect(other.optimizer.lr).toBe(one.optimizer.lr);
  });

  it('begins at maxLr where the rise is one step long', () => {
    const { optimizer, scheduler } = make({ pctStart: 0.1 });
    expect(optimizer.lr).toBe(0.5);
    scheduler.step();
    expect(optimizer.lr).toBeLessThan(0.5);
  });

  it.each<[string, Partial<optim.OneCycleLrOptions>]>([
    ['no length', { totalSteps: undefined }],
    ['half a step', { totalSteps: 2.5 }],
    ['a rise longer than the cycle', { pctStart: 1.5 }],
  ])('refuses %s', (_, options) => {
    expect(() => make(options)).toThrow(/^OneCycleLR: expected /);
  });

  it('refuses an optimizer whose momentum it cannot move', () => {
    const optimizer = new optim.SGD([parameter(1)], { lr: 1 });
    expect(() => new optim.OneCycleLR(optimizer, { maxLr: 1, totalSteps: 5 })).toThrow(/momentum/);
    expect(() => new optim.OneCycleLR(optimizer, { maxLr: 1, totalSteps: 5, cycleMomentum: false })).not.toThrow();
  });
});

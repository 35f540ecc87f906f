import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createBackend, nn, setDefaultBackend, type Tensor } from '../../src/index.ts';

beforeAll(async () => setDefaultBackend(await createBackend('simd')));

const values = async (tensor: Tensor) => [...(await tensor.data())];

describe('forward hooks', () => {
  it('see module, inputs and output, in the order of their registration, pre-hooks before forward', () => {
    const layer = new nn.ReLU();
    const seen: unknown[] = [];
    layer.registerForwardHook((module, [input], output) => void seen.push(['first', module, input, output]));
    layer.registerForwardPreHook((module, inputs) => void seen.push(['before', module, inputs]));
    layer.registerForwardHook(() => void seen.push('second'));
    const input = tf.tensor1d([-1, 2]);
    const output = layer.forward(input);
    expect(seen).toEqual([['before', layer, [input]], ['first', layer, input, output], 'second']);
  });

  it('put what they return in the place of the output, one after the other', async () => {
    const layer = new nn.ReLU();
    layer.registerForwardHook((_, __, output) => tf.add(output as Tensor, 1));
    layer.registerForwardHook((_, __, output) => tf.mul(output as Tensor, 10));
    expect(await values(layer.forward(tf.tensor1d([-1, 2])))).toEqual([10, 30]);
  });

  it('are called wherever the layer is, and for this instance alone', () => {
    const net = new nn.Sequential(new nn.ReLU(), new nn.ReLU());
    let calls = 0;
    net.at(1)!.registerForwardHook(() => void calls++);
    net.forward(tf.zeros([1]));
    new nn.ReLU().forward(tf.zeros([1]));
    expect(calls).toBe(1);
  });

  it.each([{ order: [0, 1, 2] }, { order: [2, 1, 0] }, { order: [1, 0, 2] }])(
    'come off in the order $order, twice over, and leave nothing on the instance',
    ({ order }) => {
      const layer = new nn.ReLU();
      const fields = Reflect.ownKeys(layer);
      const calls: number[] = [];
      const handles = [0, 1, 2].map((i) => layer.registerForwardHook(() => void calls.push(i)));
      const left = new Set([0, 1, 2]);
      for (const i of order) {
        handles[i].remove();
        handles[i].remove();
        left.delete(i);
        calls.length = 0;
        layer.forward(tf.zeros([1]));
        expect(calls).toEqual([...left]);
        expect(layer.hasForwardHooks).toBe(left.size > 0);
      }
      expect(Reflect.ownKeys(layer)).toEqual(fields);
      expect(layer.forward).toBe(nn.ReLU.prototype.forward);
    },
  );

  it('may take themselves off while they run', () => {
    const layer = new nn.ReLU();
    const calls: string[] = [];
    const once = layer.registerForwardHook(() => {
      calls.push('once');
      once.remove();
    });
    layer.registerForwardHook(() => void calls.push('always'));
    layer.forward(tf.zeros([1]));
    layer.forward(tf.zeros([1]));
    expect(calls).toEqual(['once', 'always', 'always']);
  });

  it("give an instance's own forward back", () => {
    const layer = new nn.ReLU();
    const own = (x: Tensor) => tf.neg(x);
    layer.forward = own;
    layer.registerForwardHook(() => undefined).remove();
    expect(layer.forward).toBe(own);
  });

  it('are neither children nor state, and do not show when the module is printed', async () => {
    const layer = new nn.Linear(1, 1);
    const [printed, keys] = [layer.toString(), Object.keys(await layer.stateDict())];
    layer.registerForwardHook(() => undefined);
    expect(layer.toString()).toBe(printed);
    expect(Object.keys(layer)).not.toContain('forward');
    expect(Object.keys(await layer.stateDict())).toEqual(keys);
  });

  it('that throw reach the caller and stay', () => {
    const layer = new nn.ReLU();
    const handle = layer.registerForwardHook(() => {
      throw new Error('no');
    });
    expect(() => layer.forward(tf.zeros([1]))).toThrow('no');
    handle.remove();
    expect(() => layer.forward(tf.zeros([1]))).not.toThrow();
  });
});

import { hostArray, manualSeed, type Tensor, toHost } from '@flambeau/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Attention, BahdanauAttention, LuongAttention } from '../../src/index.ts';
import { simd } from '../onSimd.ts';

beforeAll(async () => {
  await simd();
  manualSeed(0);
});

const layers: readonly (readonly [string, () => Attention])[] = [
  ['Bahdanau', () => new BahdanauAttention(4)],
  ['Luong, dot', () => new LuongAttention(4, { score: 'dot' })],
  ['Luong, general', () => new LuongAttention(4)],
  ['Luong, concat', () => new LuongAttention(4, { score: 'concat' })],
];

const lengthsOf = (...lengths: number[]): Tensor => tf.tensor1d(lengths, 'int32');

describe.each(layers)('attention after %s', (_, create) => {
  it('gives each step weights that sum to 1, and the mean of the states that they make', async () => {
    const attention = create();
    const query = tf.randomNormal([2, 3, 4], 0, 1, 'float32', 1);
    const values = tf.randomNormal([2, 5, 4], 0, 1, 'float32', 2);
    const { context, weights } = attention.forward(query, values);
    expect([context.shape, weights.shape]).toEqual([
      [2, 3, 4],
      [2, 3, 5],
    ]);
    for (const sum of await tf.sum(weights, 2).data()) expect(sum).toBeCloseTo(1, 5);
    const difference = tf.max(tf.abs(tf.sub(context, tf.matMul(weights, values))));
    expect((await difference.data())[0]).toBeLessThan(1e-5);
  });

  it('does not look beyond the length, whatever stands there', async () => {
    const attention = create();
    const query = tf.randomNormal([1, 2, 4], 0, 1, 'float32', 3);
    const values = tf.randomNormal([1, 3, 4], 0, 1, 'float32', 4);
    const alone = attention.forward(query, values);
    const rubbish = tf.concat([values, tf.fill([1, 2, 4], 1e4)], 1);
    const padded = attention.forward(query, rubbish, { lengths: lengthsOf(3) });
    const { data } = await toHost(padded.weights);
    for (const step of [0, 1]) expect([...data.slice(step * 5 + 3, step * 5 + 5)]).toEqual([0, 0]);
    const difference = await tf.max(tf.abs(tf.sub(padded.context, alone.context))).data();
    expect(difference[0]).toBeLessThan(1e-5);
  });

  it('gives a sequence of no places weights and a context of 0', async () => {
    const { context, weights } = create().forward(tf.ones([1, 1, 4]), tf.ones([1, 2, 4]), { lengths: lengthsOf(0) });
    expect([...(await weights.data()), ...(await context.data())]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('the layers', () => {
  it("have the tutorial's names in the state dict", async () => {
    const keys = Object.keys(await new BahdanauAttention(4).stateDict());
    expect(keys).toEqual(['Wa.weight', 'Wa.bias', 'Ua.weight', 'Ua.bias', 'Va.weight', 'Va.bias']);
  });

  it('refuse what they can not do', () => {
    expect(() => new LuongAttention(4, { score: 'dot', valueSize: 8 })).toThrow(
      "LuongAttention: 'dot' expects states as wide as the query, got 8 and 4",
    );
    expect(() => new LuongAttention(4, { score: 'cosine' as 'dot' })).toThrow("got 'cosine'");
    const values = hostArray('float32', [1, 2, 3], new Float32Array(6));
    expect(() => new BahdanauAttention(4).forward(tf.ones([1, 1, 4]), tf.tensor(values.data, [1, 2, 3]))).toThrow(
      'expected 4 input features, got 3',
    );
  });
});

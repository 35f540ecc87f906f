import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { normalValues } from '../../src/conformance/values.ts';
import {
  createBackend,
  functional as F,
  manualSeed,
  setDefaultBackend,
  type Tensor,
  valueAndGrad,
} from '../../src/index.ts';

const normal = (seed: number, ...shape: number[]): Tensor =>
  tf.tensor(normalValues(seed, shape).data as Float32Array, shape);
const numbers = async (tensor: Tensor) => [...(await tensor.data())];
const round = (values: number[]) => values.map((value) => Math.round(value * 1e5) / 1e5);

describe.each(['simd', 'cpu'])('attention on %s', (name) => {
  beforeAll(async () => {
    setDefaultBackend(await createBackend(name));
    manualSeed(0);
  });

  it("weighs the notes' three states to their context", async () => {
    // With A = 1 and v large, tanh(q + k) gives any score: e_j = ln α_j, up to what the softmax cancels.
    const wanted = [0.6, 0.3, 0.1];
    const keys = tf.tensor3d(
      wanted.map((weight) => Math.atanh(Math.log(weight) / 10)),
      [1, 3, 1],
    );
    const states = tf.tensor3d([1, 2, 3, 4, 2, 3, 5, 7, 0, -1, 3, 6], [1, 3, 4]);
    const { context, weights } = F.additiveAttention(tf.tensor2d([[0]]), keys, states, tf.tensor1d([10]));
    expect(round(await numbers(weights))).toEqual(wanted);
    expect(round(await numbers(context))).toEqual([1.2, 2, 3.6, 5.1]);
    expect([context.shape, weights.shape]).toEqual([
      [1, 4],
      [1, 3],
    ]);
  });

  it('gives a row without any place weights and a context of 0, and no gradient', async () => {
    const [query, keys, values, scoreWeight] = [
      normal(1, 2, 4),
      normal(2, 2, 3, 4),
      normal(3, 2, 3, 5),
      normal(4, 1, 4),
    ];
    const lengths = tf.tensor1d([0, 2], 'int32');
    const { value, grads } = valueAndGrad(() => {
      const { context, weights } = F.additiveAttention(query, keys, values, scoreWeight, { lengths });
      return { loss: tf.add(tf.sum(context), tf.sum(tf.square(weights))), context, weights };
    }, [query, keys, values]);
    expect((await numbers(value.context)).slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    expect((await numbers(value.weights)).slice(0, 3)).toEqual([0, 0, 0]);
    expect((await numbers(value.weights))[5]).toBe(0);
    for (const gradient of grads) {
      const all = await numbers(gradient!);
      expect(all.slice(0, all.length / 2).every((one) => one === 0)).toBe(true);
      expect(all.every(Number.isFinite)).toBe(true);
    }
  });

  it('gives a sentence the same numbers alone, in a batch, and whatever its padding holds', async () => {
    const parameters = {
      ...{ queryWeight: normal(1, 4, 6), scoreWeight: normal(2, 4) },
      ...{ weightIh: normal(3, 18, 8), weightHh: normal(4, 18, 6) },
    };
    const [embedded, keys, values, h0] = [normal(5, 2, 3, 3), normal(6, 2, 5, 4), normal(7, 2, 5, 5), normal(8, 2, 6)];
    const first = (tensor: Tensor, places: number) => tf.slice(tensor, [0, 0, 0], [1, places, -1]);
    const padded = (tensor: Tensor, by: number) =>
      tf.concat([tf.slice(tensor, [0, 0, 0], [-1, 3, -1]), tf.fill([2, 2, tensor.shape[2]!], by)], 1);
    const alone = F.attentionDecoder(
      ...([first(embedded, 3), first(keys, 3), first(values, 3)] as const),
      ...([{ h0: tf.slice(h0, [0, 0], [1, 6]) }, parameters] as const),
    );
    const expected = await numbers(alone.outputs);
    for (const by of [0, 1e30, Number.NaN]) {
      const { outputs, contexts, weights } = F.attentionDecoder(
        ...([embedded, padded(keys, by), padded(values, by), { h0 }, parameters] as const),
        { lengths: tf.tensor1d([3, 3], 'int32') },
      );
      const given = (await numbers(outputs)).slice(0, expected.length);
      expect(Math.max(...given.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-6);
      expect((await numbers(contexts)).every(Number.isFinite)).toBe(true);
      expect(round(await numbers(tf.sum(weights, 2)))).toEqual([1, 1, 1, 1, 1, 1]);
    }
  });

  it.each(['gru', 'lstm'] as const)(
    'decodes step by step what it decodes at once, gradients included (%s)',
    async (cell) => {
      const maps = cell === 'gru' ? 18 : 24;
      const parameters = {
        ...{
          queryWeight: normal(1, 4, 6),
          queryBias: normal(2, 4),
          scoreWeight: normal(3, 4),
          scoreBias: normal(4, 1),
        },
        ...{
          weightIh: normal(5, maps, 8),
          weightHh: normal(6, maps, 6),
          biasIh: normal(7, maps),
          biasHh: normal(8, maps),
        },
      };
      const leaves = { embedded: normal(9, 2, 4, 3), keys: normal(10, 2, 5, 4), values: normal(11, 2, 5, 5) };
      const start = { h0: normal(12, 2, 6), ...(cell === 'lstm' && { c0: normal(13, 2, 6) }) };
      const options = { cell, lengths: tf.tensor1d([5, 3], 'int32') };
      const weigh = normal(14, 2, 4, 6);
      const all = [...Object.values(parameters), ...Object.values(leaves), ...Object.values(start)] as Tensor[];
      const { embedded, keys, values } = leaves;
      const whole = valueAndGrad(() => {
        const { outputs, hN, cN } = F.attentionDecoder(embedded, keys, values, start, parameters, options);
        const ends = tf.add(tf.sum(hN), cN === undefined ? 0 : tf.sum(cN));
        return { loss: tf.add(tf.sum(tf.mul(outputs, weigh)), ends), outputs };
      }, all);
      const stepwise = valueAndGrad(() => {
        let state: F.AttentionDecoderState = start;
        const outputs: Tensor[] = [];
        for (let step = 0; step < 4; step++) {
          const x = tf.slice(embedded, [0, step, 0], [-1, 1, -1]);
          const decoded = F.attentionDecoder(x, keys, values, state, parameters, options);
          state = { h0: decoded.hN, c0: decoded.cN };
          outputs.push(decoded.outputs);
        }
        const together = tf.concat(outputs, 1);
        const ends = tf.add(tf.sum(state.h0), state.c0 ? tf.sum(state.c0) : 0);
        return { loss: tf.add(tf.sum(tf.mul(together, weigh)), ends), outputs: together };
      }, all);
      const pairs: [Tensor, Tensor][] = [[whole.value.outputs!, stepwise.value.outputs!]];
      for (const [i, gradient] of whole.grads.entries()) pairs.push([gradient!, stepwise.grads[i]!]);
      for (const [a, b] of pairs) {
        const [one, other] = [await numbers(a), await numbers(b)];
        const largest = Math.max(...one.map(Math.abs));
        expect(Math.max(...one.map((value, i) => Math.abs(value - other[i]!)))).toBeLessThanOrEqual(1e-5 * largest);
      }
    },
  );

  it('leaves no tensor behind', () => {
    const inputs = [normal(1, 2, 3, 3), normal(2, 2, 5, 4), normal(3, 2, 5, 5), normal(4, 2, 6)] as const;
    const [embedded, keys, values, h0] = inputs;
    const parameters = {
      ...{ queryWeight: normal(5, 4, 6), scoreWeight: normal(6, 4) },
      ...{ weightIh: normal(7, 18, 8), weightHh: normal(8, 18, 6) },
    };
    const before = tf.memory().numTensors;
    const { value, grads } = valueAndGrad(
      () => tf.sum(F.attentionDecoder(embedded, keys, values, { h0 }, parameters).outputs),
      [...inputs, ...Object.values(parameters)],
    );
    tf.dispose([value, grads] as never);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('says which size does not fit', () => {
    const [query, keys, values, v] = [tf.zeros([2, 4]), tf.zeros([2, 3, 4]), tf.zeros([2, 3, 5]), tf.zeros([4])];
    const attend = F.additiveAttention;
    expect(() => attend(tf.zeros([4]), keys, values, v)).toThrow(
      'expected query of shape [N, A] or [N, T, A], got [4]',
    );
    expect(() => attend(query, tf.zeros([2, 3, 5]), values, v)).toThrow(
      'additiveAttention: expected keys of shape [2, 3, 4], got [2, 3, 5]',
    );
    expect(() => attend(query, tf.zeros([2, 0, 4]), values, v)).toThrow('with at least one place, got [2, 0, 4]');
    expect(() => attend(query, keys, tf.zeros([2, 4, 5]), v)).toThrow(
      'expected values of shape [2, 3, 5], got [2, 4, 5]',
    );
    expect(() => attend(query, keys, values, tf.zeros([3]))).toThrow('expected scoreWeight of shape [4], got [3]');
    expect(() => attend(query, keys, values, v, { lengths: tf.zeros([2]) })).toThrow(
      'expected lengths of type int32, got float32',
    );
    expect(() => attend(query, keys, values, v, { lengths: tf.zeros([3], 'int32'), label: 'attention' })).toThrow(
      'attention: expected lengths of shape [2], got [3]',
    );
  });

  it('says what a decoder lacks', () => {
    const zeros = (...shape: number[]) => tf.zeros(shape);
    const parameters = {
      ...{ queryWeight: zeros(4, 6), scoreWeight: zeros(4), weightIh: zeros(18, 8), weightHh: zeros(18, 6) },
    };
    const inputs = [zeros(2, 3, 3), zeros(2, 5, 4), zeros(2, 5, 5)] as const;
    const state = { h0: zeros(2, 6) };
    const decode = F.attentionDecoder;
    expect(() => decode(zeros(2, 0, 3), inputs[1], inputs[2], state, parameters)).toThrow('with at least one step');
    expect(() => decode(...inputs, { h0: zeros(6) }, parameters)).toThrow('expected h0 of shape [N, H], got [6]');
    expect(() => decode(...inputs, state, parameters, { cell: 'lstm' })).toThrow('expected c0 beside h0 for an LSTM');
    expect(() => decode(...inputs, { ...state, c0: zeros(2, 6) }, parameters)).toThrow('expected no c0 for a GRU');
    expect(() => decode(...inputs, state, { ...parameters, weightIh: zeros(18, 9) })).toThrow(
      'attentionDecoder: expected weightIh of shape [18, 8], got [18, 9]',
    );
    expect(() => decode(...inputs, state, { ...parameters, biasHh: zeros(17) }, { label: 'decoder' })).toThrow(
      'decoder: expected biasHh of shape [18], got [17]',
    );
  });
});

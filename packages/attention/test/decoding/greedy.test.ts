import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { greedyDecode } from '../../src/index.ts';
import { simd } from '../onSimd.ts';
import { configs, opinionated } from './models.ts';

beforeAll(async () => {
  await simd();
});

describe.each(Object.entries(configs))('greedy decoding: %s', (_, config) => {
  it('gives a source the same target alone and in any batch', async () => {
    const model = await opinionated(config);
    const sources = [[2, 3, 4, 5, 6, 7, 8], [9], [4, 4], [], [5, 6, 7, 2, 3]];
    const together = await greedyDecode(model, sources, { maxLength: 13 });
    for (const [i, source] of sources.entries()) {
      const [alone] = await greedyDecode(model, [source], { maxLength: 13 });
      expect(together[i]!.ids).toEqual(alone!.ids);
      expect(together[i]!.logProbability).toBeCloseTo(alone!.logProbability, 5);
      expect(together[i]!.attention?.shape).toEqual(alone!.attention?.shape);
      for (const [at, weight] of (alone!.attention?.data ?? []).entries()) {
        expect(together[i]!.attention!.data[at]).toBeCloseTo(weight, 5);
      }
    }
  });
});

describe('greedy decoding', () => {
  it('stops at the greatest length, and says so', async () => {
    const model = await opinionated(configs.tutorial!);
    const sources = Array.from({ length: 10 }, (_, id) => [id + 2]);
    for (const maxLength of [1, 4, 5, 6]) {
      for (const { ids, finished, attention } of await greedyDecode(model, sources, { maxLength })) {
        expect(ids.length + (finished ? 1 : 0)).toBeLessThanOrEqual(maxLength);
        if (!finished) expect(ids).toHaveLength(maxLength);
        expect(attention!.shape[0]).toBe(ids.length + (finished ? 1 : 0));
      }
    }
  });

  it('lets a model read the filling that it was trained with, and looks at the words alone', async () => {
    const model = (await opinionated(configs.tutorial!)).eval();
    const [filled, long] = await greedyDecode(
      model,
      [
        [2, 3],
        [2, 3, 4, 5, 6, 7],
      ],
      { maxLength: 4, fillTo: 5 },
    );
    const int = (...ids: number[]) => tf.tensor2d([ids], undefined, 'int32');
    for (const [decoding, source] of [
      [filled!, int(2, 3, 1, 0, 0)],
      [long!, int(2, 3, 4, 5, 6, 7, 1)],
    ] as const) {
      const { ids, attention } = decoding;
      const { logits, weights } = model.forward({ source, sourceLengths: null, input: int(0, ...ids) });
      const words = [...(await tf.argMax(logits, 2).data())];
      expect(words.slice(0, ids.length)).toEqual(ids);
      const [rows, columns] = attention!.shape as [number, number];
      const wanted = tf.slice(weights!, [0, 0, 0], [1, rows, columns]);
      for (const [at, weight] of (await wanted.data()).entries()) expect(attention!.data[at]).toBeCloseTo(weight, 5);
    }
    expect([filled!, long!].map(({ attention }) => attention!.shape[1])).toEqual([3, 7]);
  });

  it('reads 500 words', async () => {
    const model = await opinionated(configs.paper!);
    const source = Array.from({ length: 500 }, (_, i) => 2 + (i % 10));
    const [decoding] = await greedyDecode(model, [source], { maxLength: 7 });
    expect(decoding!.attention!.shape[1]).toBe(501);
  });

  it('gives nothing for no sources, leaves no tensor behind, and the model in its mode', async () => {
    const model = await opinionated(configs.tutorial!);
    const before = tf.memory().numTensors;
    expect(await greedyDecode(model, [])).toEqual([]);
    await greedyDecode(model, [[2, 3], [4]], { maxLength: 7 });
    expect(tf.memory().numTensors).toBe(before);
    expect(model.training).toBe(true);
  });

  it("refuses ids that are none of the source's words", async () => {
    const model = await opinionated(configs.tutorial!);
    await expect(greedyDecode(model, [[2], [3, 12]])).rejects.toThrow('source 1: expected ids from 0 to 11, got 12');
  });
});

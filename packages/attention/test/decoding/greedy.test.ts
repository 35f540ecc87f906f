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

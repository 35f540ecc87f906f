import { data, defaultGenerator, Generator, manualSeed } from '@flambeau/core';
import { describe, expect, it } from 'vitest';
import { BucketBatchSampler } from '../../src/index.ts';

const lengths = Int32Array.from({ length: 1003 }, (_, i) => (i * 7919) % 251);
const batchesOf = (sampler: BucketBatchSampler) => [...sampler.batches()];

describe('batches bucketed by length', () => {
  it('have every example once, and are as many as they say', () => {
    for (const [batchSize, poolBatches] of [
      [10, 100],
      [10, 7],
      [64, 3],
      [2000, 1],
    ] as const) {
      const sampler = new BucketBatchSampler(lengths, { batchSize, poolBatches });
      const batches = batchesOf(sampler);
      expect(batches).toHaveLength(sampler.length);
      expect(batches.flat().sort((a, b) => a - b)).toEqual(Array.from(lengths, (_, i) => i));
      expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(batchSize);
    }
  });

  it('need far less padding than batches at random', () => {
    const padding = (batches: number[][]) =>
      batches.reduce((sum, batch) => {
        const longest = Math.max(...batch.map((i) => lengths[i]!));
        return sum + batch.reduce((lacking, i) => lacking + longest - lengths[i]!, 0);
      }, 0);
    manualSeed(0);
    const random = new data.BatchSampler(new data.RandomSampler(lengths), 10, false);
    const bucketed = batchesOf(new BucketBatchSampler(lengths, { batchSize: 10 }));
    expect(padding(bucketed)).toBeLessThan(padding([...random.batches()]) / 20);
  });

  it('are the same from the same seed, others in the next epoch', () => {
    const sampler = new BucketBatchSampler(lengths, { batchSize: 10 });
    manualSeed(3);
    const [first, second] = [batchesOf(sampler), batchesOf(sampler)];
    manualSeed(3);
    expect(batchesOf(sampler)).toEqual(first);
    expect(second).not.toEqual(first);
    // Those of one pool do not come in the order of their lengths.
    const order = first.slice(0, 100).map((batch) => lengths[batch[0]!]!);
    expect(order).not.toEqual([...order].sort((a, b) => b - a));
  });

  it('draw from a generator of their own if they are given one', () => {
    const before = defaultGenerator.getState();
    const own = () =>
      batchesOf(new BucketBatchSampler(lengths, { batchSize: 10, generator: new Generator().manualSeed(5) }));
    expect(own()).toEqual(own());
    expect(defaultGenerator.getState()).toEqual(before);
  });

  it('go from the longest to the shortest without a shuffle, and draw nothing', () => {
    const before = defaultGenerator.getState();
    const sampler = new BucketBatchSampler(lengths, { batchSize: 10, shuffle: false });
    const sorted = batchesOf(sampler)
      .flat()
      .map((i) => lengths[i]!);
    expect(sorted).toEqual([...lengths].sort((a, b) => b - a));
    expect(sampler.length).toBe(101);
    expect(defaultGenerator.getState()).toEqual(before);
  });

  it.each([
    [{ batchSize: 0 }, 'BucketBatchSampler: expected batchSize whole and above 0, got 0'],
    [{ batchSize: 1.5 }, 'BucketBatchSampler: expected batchSize whole and above 0, got 1.5'],
    [{ batchSize: 1, poolBatches: 0 }, 'BucketBatchSampler: expected poolBatches whole and above 0, got 0'],
  ])('refuse %o', (options, message) => {
    expect(() => new BucketBatchSampler(lengths, options)).toThrow(message);
  });

  it('are none where there is no text', () => {
    const sampler = new BucketBatchSampler([], { batchSize: 4 });
    expect([sampler.length, batchesOf(sampler)]).toEqual([0, []]);
  });
});

import { data, manualSeed } from '@flambeau/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { collatePairs, createPairLoader, type Seq2SeqBatch, type TokenPair } from '../../src/index.ts';
import { simd } from '../onSimd.ts';

beforeAll(async () => {
  await simd();
});

const pairs: readonly TokenPair[] = [
  { source: [5, 6, 7], target: [8] },
  { source: [9], target: [4, 3, 2] },
];

describe('a batch of pairs', () => {
  it('gives the decoder what it was to answer one step later', () => {
    const { source, sourceLengths, input, target, tokens } = collatePairs(pairs);
    expect([...source.data]).toEqual([5, 6, 7, 1, 9, 1, 0, 0]);
    expect([...sourceLengths!.data]).toEqual([4, 2]);
    expect([...input.data]).toEqual([0, 8, 0, 0, 0, 4, 3, 2]);
    expect([...target.data]).toEqual([8, 1, -100, -100, 4, 3, 2, 1]);
    expect([source.shape, target.shape, tokens]).toEqual([[2, 4], [2, 4], 6]);
  });

  it("can be the tutorial's: filled up with 0, all of which counts", () => {
    const { source, sourceLengths, input, target, tokens } = collatePairs(pairs, { fillTo: 5 });
    expect([...source.data]).toEqual([5, 6, 7, 1, 0, 9, 1, 0, 0, 0]);
    expect(sourceLengths).toBeNull();
    expect([...input.data]).toEqual([0, 8, 1, 0, 0, 0, 4, 3, 2, 1]);
    expect([...target.data]).toEqual([8, 1, 0, 0, 0, 4, 3, 2, 1, 0]);
    expect(tokens).toBe(10);
    expect(() => collatePairs(pairs, { fillTo: 3 })).toThrow('expected at most 3 ids with the end, got 4');
  });
});

describe('a loader of pairs', () => {
  const many = Array.from({ length: 230 }, (_, i) => ({ source: new Array((i * 37) % 11).fill(2), target: [2 + i] }));
  const orderOf = async (loader: AsyncIterable<Seq2SeqBatch>) => {
    const order: { target: number; width: number }[][] = [];
    for await (const { target, source } of loader) {
      const [rows, columns] = target.shape as number[];
      const ids = await target.data();
      order.push(Array.from({ length: rows! }, (_, i) => ({ target: ids[i * columns!]!, width: source.shape[1]! })));
    }
    return order;
  };

  it('goes through all pairs once an epoch, in another order each time', async () => {
    for (const bucket of [false, true]) {
      manualSeed(1);
      const loader = createPairLoader(many, { batchSize: 16, shuffle: true, bucket });
      const [first, second] = [await orderOf(loader), await orderOf(loader)];
      expect(first).toHaveLength(loader.length);
      const seen = first.flat().map(({ target }) => target);
      expect([...seen].sort((a, b) => a - b)).toEqual(many.map((_, i) => 2 + i));
      expect(second.flat().map(({ target }) => target)).not.toEqual(seen);
    }
  });

  it('brings pairs of like lengths together where it is told to', async () => {
    manualSeed(1);
    const widths = async (bucket: boolean) => {
      const batches = await orderOf(createPairLoader(many, { batchSize: 16, shuffle: true, bucket }));
      return batches.reduce((sum, batch) => sum + batch[0]!.width * batch.length, 0);
    };
    expect(await widths(true)).toBeLessThan(0.75 * (await widths(false)));
  });

  it('goes on in mid-epoch with the very same batches', async () => {
    const loader = createPairLoader(many, {
      batchSize: 16,
      shuffle: true,
      bucket: true,
    }) as unknown as data.DataLoader<unknown>;
    expect(loader).toBeInstanceOf(data.DataLoader);
    manualSeed(3);
    const whole = await orderOf(loader as never);
    manualSeed(3);
    expect(await orderOf(loader.iterate({ skip: 5 }) as never)).toEqual(whole.slice(5));
  });
});

import { createBackend, data, Generator, manualSeed, setDefaultBackend, type Tensor } from '@flambeau/core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  BucketBatchSampler,
  EncodedTexts,
  TokenizedTexts,
  Vocab,
  whitespaceTokenizer,
  wordDropout,
} from '../../src/index.ts';

const vocab = new Vocab(['<unk>', '<pad>', 'a', 'fine', 'film']);
const tokenized = TokenizedTexts.of(['a fine film', 'dull', 'a a'], whitespaceTokenizer);

beforeAll(async () => {
  setDefaultBackend(await createBackend('simd'));
});

describe('encoded texts', () => {
  it('are numbers and labels, cut off', () => {
    const texts = EncodedTexts.of(tokenized, vocab, [1, 0, 1], { maxTokens: 2 });
    expect(texts.ids.map((ids) => [...ids])).toEqual([[2, 3], [0], [2, 2]]);
    expect([...texts.lengths]).toEqual([2, 1, 2]);
    expect(texts.get(1)[1]).toBe(0);
  });

  it('become batches, filled up, with labels of the wanted type', async () => {
    for (const labelType of ['float32', 'int32'] as const) {
      const texts = EncodedTexts.of(tokenized, vocab, [1, 0, 1], { paddingValue: 1, trailing: 2, labelType });
      const loader = new data.DataLoader(texts, {
        batchSampler: new BucketBatchSampler(texts.lengths, { batchSize: 2, shuffle: false }),
      });
      const seen: unknown[] = [];
      for await (const [ids, labels] of loader as unknown as AsyncIterable<[Tensor, Tensor]>) {
        seen.push([ids.shape, [...(await ids.data())], labels.dtype, [...(await labels.data())]]);
      }
      expect(seen).toEqual([
        [[2, 5], [2, 3, 4, 1, 1, 2, 2, 1, 1, 1], labelType, [1, 1]],
        [[1, 3], [0, 1, 1], labelType, [0]],
      ]);
    }
  });

  it('refuse a missing label, and an index that they do not have', () => {
    expect(() => EncodedTexts.of(tokenized, vocab, [1, 0])).toThrow('expected a label for each of 3 texts, got 2');
    const texts = EncodedTexts.of(tokenized, vocab, [1, 0, 1]);
    expect(() => texts.get(3)).toThrow('index 3 is outside a data set of length 3');
    expect(() => texts.getBatch([0, -1])).toThrow('index -1 is outside a data set of length 3');
  });
});

describe('word dropout', () => {
  const texts = new EncodedTexts([Int32Array.from({ length: 4000 }, (_, i) => (i % 4 === 0 ? 1 : 2))], [1]);
  const [ids] = texts.getBatch([0]);
  const drop = (seed: number) =>
    wordDropout(ids, { p: 0.3, unkIndex: 0, padIndex: 1 }, new Generator().manualSeed(seed)).data;

  it('replaces about as many words as asked for, never padding', () => {
    const dropped = drop(1);
    const unknown = dropped.reduce((count, id) => count + Number(id === 0), 0);
    expect(Math.abs(unknown - 900)).toBeLessThan(150);
    expect(dropped.filter((id) => id === 1)).toHaveLength(1000);
    expect(ids.data).not.toContain(0);
  });

  it('is the same from the same seed', () => {
    manualSeed(9);
    expect(drop(1)).toEqual(drop(1));
    expect(drop(1)).not.toEqual(drop(2));
  });
});

import { Generator, manualSeed } from '@flambeau/core';
import { describe, expect, it } from 'vitest';
import { embeddingMatrix, TextError, Vocab } from '../../src/index.ts';

const vocab = new Vocab(['<unk>', '<pad>', 'film', 'xyzzy', 'fine']);
const vectors = new Map([
  ['film', Float32Array.from({ length: 16 }, (_, i) => i)],
  ['fine', new Float32Array(16).fill(7)],
  ['<unk>', new Float32Array(16).fill(9)],
]);

describe('the first values of an embedding', () => {
  it('are the given vectors, normal numbers for unknown words, and 0 for <unk> and <pad>', () => {
    manualSeed(4);
    const { values, found } = embeddingMatrix(vocab, vectors, { dim: 16 });
    const row = (word: string) => [...values.data.subarray(vocab.lookupIndex(word) * 16).subarray(0, 16)];
    expect(values.shape).toEqual([5, 16]);
    expect(row('film')).toEqual([...vectors.get('film')!]);
    expect(row('fine')).toEqual([...vectors.get('fine')!]);
    expect([...row('<unk>'), ...row('<pad>')].every((value) => value === 0)).toBe(true);
    expect(found).toBe(3);
    // <pad> and xyzzy are drawn, in this order.
    const generator = new Generator().manualSeed(4);
    generator.normal(new Float32Array(16));
    expect(row('xyzzy')).toEqual([...generator.normal(new Float32Array(16))]);
  });

  it('are drawn from a generator of their own if they are given one', () => {
    const draw = () => embeddingMatrix(vocab, vectors, { dim: 16, generator: new Generator().manualSeed(1) });
    expect(draw()).toEqual(draw());
  });

  it('refuse a vector of another dimension', () => {
    expect(() => embeddingMatrix(vocab, vectors, { dim: 8 })).toThrow(TextError);
    expect(() => embeddingMatrix(vocab, vectors, { dim: 8 })).toThrow(
      'the vector of "<unk>" has 16 numbers, expected 8',
    );
  });
});

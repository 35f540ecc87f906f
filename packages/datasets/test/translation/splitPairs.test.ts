import { Generator } from '@flambeau/core';
import { DataError, splitPairs } from '@flambeau/datasets';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const numbered = (count: number, sources = count) =>
  Array.from({ length: count }, (_, index) => ({ source: `s${index % sources}`, target: `t${index}` }));

describe('splitPairs', () => {
  it('gives each part its share, in the order of the pairs, and every pair to one part', () => {
    const pairs = numbered(1000);
    const { train, valid, test } = splitPairs(pairs, { valid: 0.1, test: 0.2 });
    expect([train.length, valid.length, test.length]).toEqual([700, 100, 200]);
    const all = [...train, ...valid, ...test];
    expect(new Set(all)).toEqual(new Set(pairs));
    for (const part of [train, valid, test]) {
      expect(part).toEqual([...part].sort((a, b) => pairs.indexOf(a) - pairs.indexOf(b)));
    }
  });

  it("draws sources by PyTorch's randperm", () => {
    const { test } = splitPairs(numbered(10), { test: 0.3, seed: 7 });
    const drawn = new Generator().manualSeed(7).randperm(10).slice(0, 3).sort();
    expect(test.map(({ source }) => source)).toEqual([...drawn].map((index) => `s${index}`));
  });

  it('never puts a source into two parts, whatever the pairs', () => {
    const examples = fc.array(fc.record({ source: fc.constantFrom(...'abcdefghij'), target: fc.string() }), {
      minLength: 40,
    });
    fc.assert(
      fc.property(examples, fc.nat(), (pairs, seed) => {
        fc.pre(new Set(pairs.map(({ source }) => source)).size > 6);
        const { train, valid, test } = splitPairs(pairs, { seed });
        const sources = [train, valid, test].map((part) => new Set(part.map(({ source }) => source)));
        const count = sources.reduce((sum, { size }) => sum + size, 0);
        expect(new Set(sources.flatMap((part) => [...part])).size).toBe(count);
        for (const { size } of sources) expect(size).toBeGreaterThan(0);
      }),
    );
  });

  it('is the same for the same seed, another for another', () => {
    const pairs = numbered(100, 60);
    expect(splitPairs(pairs, { seed: 1 })).toEqual(splitPairs(pairs, { seed: 1 }));
    expect(splitPairs(pairs, { seed: 1 }).test).not.toEqual(splitPairs(pairs, { seed: 2 }).test);
  });

  it('leaves out what has no part', () => {
    const { train, valid, test } = splitPairs(numbered(10), { valid: 0, test: 0 });
    expect([train.length, valid.length, test.length]).toEqual([10, 0, 0]);
  });

  it.each([{ valid: -0.1 }, { test: 1 }, { valid: 0.6, test: 0.5 }, { test: Number.NaN }])('refuses %j', (parts) => {
    expect(() => splitPairs(numbered(100), parts)).toThrow(DataError);
  });

  it('refuses pairs of too few sources', () => {
    expect(() => splitPairs(numbered(50, 2))).toThrow(
      'expected enough source sentences to split into train, valid and test, got 2',
    );
  });
});

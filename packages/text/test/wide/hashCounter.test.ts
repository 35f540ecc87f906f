import { Generator } from '@flambeau/core';
import { expect, it } from 'vitest';
import { HashCounter, HashIndex } from '../../src/wide/hashCounter.ts';

it('counts in how many documents a hash occurs, as a map does', () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const generator = new Generator().manualSeed(seed);
  const counter = new HashCounter();
  const expected = new Map<number, Set<number>>();
  for (let document = 0; document < 40; document++) {
    for (let i = 0; i < 1000; i++) {
      // Few enough to meet again, spread over all 32 bits, 0 among them.
      const hash = Math.imul(generator.random32() % 9000, 0x9e3779b1) | 0;
      counter.add(hash, document);
      expected.set(hash, (expected.get(hash) ?? new Set()).add(document));
    }
  }
  expect(counter.size, `seed ${seed}`).toBe(expected.size);
  for (const minimum of [1, 2, 5, 41]) {
    const wanted = [...expected].filter(([, documents]) => documents.size >= minimum).map(([hash]) => hash);
    expect([...counter.frequent(minimum)], `seed ${seed}`).toEqual(wanted.sort((a, b) => a - b));
  }
});

it('finds each hash at its place, and no other', () => {
  const hashes = Int32Array.from({ length: 5000 }, (_, i) => Math.imul(i, 0x9e3779b1) | 0).sort();
  const index = new HashIndex(hashes);
  hashes.forEach((hash, place) => {
    expect(index.find(hash)).toBe(place);
  });
  for (let i = 5000; i < 6000; i++) expect(index.find(Math.imul(i, 0x9e3779b1) | 0)).toBe(-1);
  expect(new HashIndex(new Int32Array(0)).find(0)).toBe(-1);
});

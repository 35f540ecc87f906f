import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundsOf, planSplit } from '../../src/threads/split.ts';

describe('planSplit', () => {
  test('what is too short to be worth handing out stays whole', () => {
    expect(planSplit(1000, 29_000, 1, 2, false).parts).toBe(1);
    expect(planSplit(1000, 30_000, 1, 2, false).parts).toBe(2);
    expect(planSplit(1000, 50_000, 1, 8, false).parts).toBe(3);
    expect(planSplit(1000, 0, 1, 2, true).parts).toBe(2);
  });

  test('there are never more parts than grains', () => {
    expect(planSplit(17, 1e9, 16, 4, false).parts).toBe(2);
    expect(planSplit(16, 1e9, 16, 4, false).parts).toBe(1);
    expect(planSplit(0, 1e9, 16, 4, false).parts).toBe(1);
  });
});

describe('boundsOf', () => {
  test('parts follow one another over the whole range, start on whole grains, and differ by at most one', () => {
    const sizes = fc.integer({ min: 1, max: 100_000 });
    const small = fc.integer({ min: 1, max: 70 });
    fc.assert(
      fc.property(sizes, small, fc.integer({ min: 1, max: 31 }), (count, grain, threads) => {
        const split = planSplit(count, 1e9, grain, threads, false);
        const bounds = boundsOf(split);
        expect(bounds.length).toBe(split.parts + 1);
        expect([bounds[0], bounds.at(-1)]).toEqual([0, count]);
        const lengths = bounds.slice(1).map((bound, part) => Math.ceil((bound - bounds[part]!) / grain));
        expect(bounds.slice(0, -1).every((bound) => bound % grain === 0)).toBe(true);
        expect(Math.min(...lengths)).toBeGreaterThan(0);
        expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

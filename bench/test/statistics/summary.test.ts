import { describe, expect, test } from 'vitest';
import { median, outliers, pairedRatio, quantile, summarize } from '../../src/statistics/summary.ts';

describe('median and quantiles', () => {
  test('the middle value, or the mean of the two in the middle, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
  });

  test('numbers are ordered as numbers', () => {
    expect(median([10, 9, 100])).toBe(10);
  });

  test("quantiles are numpy.quantile's", () => {
    // np.quantile([1, 2, 4, 8], [0, 0.25, 0.75, 1])
    expect([0, 0.25, 0.75, 1].map((fraction) => quantile([8, 1, 4, 2], fraction))).toEqual([1, 1.75, 5, 8]);
  });

  test('the values given are left as they were', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  test('no value, NaN and a fraction outside 0…1 are refused', () => {
    expect(() => median([])).toThrow('expected at least one value');
    expect(() => median([1, Number.NaN])).toThrow('expected finite values, got 1, NaN');
    expect(() => quantile([1], 1.5)).toThrow('expected a fraction in 0…1, got 1.5');
  });
});

describe('outliers', () => {
  test('a round that was disturbed is named, the rest is not', () => {
    expect(outliers([10, 10.1, 9.9, 10.2, 9.8, 30])).toEqual([30]);
    expect(outliers([10, 10.1, 9.9, 10.2, 9.8, 1])).toEqual([1]);
  });

  test('an even spread has none', () => {
    expect(outliers([1, 2, 3, 4, 5, 6])).toEqual([]);
  });

  test('of fewer than five values nothing can be said', () => {
    expect(outliers([1, 1.01, 50])).toEqual([]);
    expect(outliers([1, 1.01, 0.99, 50])).toEqual([]);
  });

  test('without a spread to judge by there are none', () => {
    expect(outliers([2, 2, 2, 2, 3])).toEqual([]);
  });
});

test('a summary counts outliers and keeps them', () => {
  expect(summarize([100, 101, 99, 102, 98, 300])).toEqual({
    median: 100.5,
    quartiles: [99.25, 101.75],
    rounds: 6,
    outliers: 1,
  });
});

describe('the paired ratio', () => {
  test('is the median of the rounds’ own ratios: a slow spell that hits both cancels', () => {
    // The medians alone would give 3 / 2.
    expect(pairedRatio([1, 3, 3], [2, 2, 6])).toBe(0.5);
  });

  test('needs a partner for each round, and a time that has passed', () => {
    expect(() => pairedRatio([1, 2], [1])).toThrow('got 2 and 1');
    expect(() => pairedRatio([1], [0])).toThrow('expected references above 0');
  });
});

import { expect, test } from 'vitest';
import { bytes, duration, threeDigits, times } from '../../src/report/amounts.ts';

test('three digits that count', () => {
  expect([0, 0.01234, 0.999, 1.234, 45.67, 99.96, 234.5, 1234.5].map(threeDigits)).toEqual([
    '0',
    '0.0123',
    '0.999',
    '1.23',
    '45.7',
    '100.0',
    '235',
    '1,235',
  ]);
});

test('a time in the unit that suits it', () => {
  expect([8.5e-7, 1.23e-5, 0.00456, 2.47, 75].map(duration)).toEqual([
    '850 ns',
    '12.3 µs',
    '4.56 ms',
    '2.47 s',
    '75.0 s',
  ]);
});

test('ratios with two decimals, sizes in decimal units', () => {
  expect(times(0.8449)).toBe('0.84×');
  expect([1090, 37_400, 3_220_000].map(bytes)).toEqual(['1.09 kB', '37.4 kB', '3.22 MB']);
});

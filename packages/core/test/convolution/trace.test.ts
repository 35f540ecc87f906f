import fc from 'fast-check';
import { expect, it } from 'vitest';
import { convolve } from '../../src/convolution/convolve.ts';
import { traceConvolution } from '../../src/convolution/trace.ts';

it('shows every product of [1, 2] ∗ [3, 4]', () => {
  expect(traceConvolution([1, 2], [3, 4])).toEqual([
    { n: 0, terms: [{ m: 0, gPosition: 0, f: 1, g: 3, product: 3 }], sum: 3 },
    {
      n: 1,
      terms: [
        { m: 0, gPosition: 1, f: 1, g: 4, product: 4 },
        { m: 1, gPosition: 0, f: 2, g: 3, product: 6 },
      ],
      sum: 10,
    },
    { n: 2, terms: [{ m: 1, gPosition: 1, f: 2, g: 4, product: 8 }], sum: 8 },
  ]);
});

it('counts n in the full result', () => {
  expect(traceConvolution([1, 2, 3], [1, 1], { mode: 'valid' }).map(({ n, sum }) => [n, sum])).toEqual([
    [1, 3],
    [2, 5],
  ]);
});

it('follows rows and columns in 2-D', () => {
  const image = [
    [1, 2],
    [3, 4],
  ];
  const steps = traceConvolution(image, image);
  expect(steps).toHaveLength(9);
  expect(steps[1]).toEqual({
    n: [0, 1],
    terms: [
      { m: [0, 0], gPosition: [0, 1], f: 1, g: 2, product: 2 },
      { m: [0, 1], gPosition: [0, 0], f: 2, g: 1, product: 2 },
    ],
    sum: 4,
  });
});

it('adds up to convolve, and its terms to its sums', () => {
  const signals = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(signals, signals, fc.constantFrom('full' as const, 'same' as const, 'valid' as const), (f, g, mode) => {
      const steps = traceConvolution(f, g, { mode });
      expect(Float64Array.from(steps, ({ sum }) => sum)).toEqual(convolve(f, g, { mode }));
      for (const { terms, sum, n } of steps) {
        expect(terms.reduce((total, { product }) => total + product, 0)).toBe(sum);
        for (const { m, gPosition } of terms) expect(m + gPosition).toBe(n);
      }
    }),
  );
});

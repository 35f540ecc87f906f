import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConvolutionMode, Operation } from '../../src/convolution/borders.ts';
import { convolve, crossCorrelate } from '../../src/convolution/convolve.ts';
import { flipKernel } from '../../src/convolution/flipKernel.ts';
import type { Signal1d } from '../../src/convolution/grid.ts';
import { hostArray } from '../../src/tensor/hostArray.ts';

type Rows = number[] | number[][];
type Case = [operation: Operation, mode: ConvolutionMode, f: Rows, g: Rows, result: Rows | null];

const cases: Case[] = JSON.parse(
  readFileSync(new URL('../golden/recordings/convolution.json', import.meta.url), 'utf8'),
);

const plain = (result: Signal1d | number[][]) => Array.from<number | number[]>(result as number[]);
const integers = fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 1, maxLength: 8 });
const images = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })).chain(([rows, columns]) =>
  fc.array(fc.array(fc.integer({ min: -99, max: 99 }), { minLength: columns, maxLength: columns }), {
    minLength: rows,
    maxLength: rows,
  }),
);
const modes = fc.constantFrom<ConvolutionMode>('full', 'same', 'valid');

describe('convolve and crossCorrelate', () => {
  it("gives NumPy's and SciPy's numbers on 1,000 random cases, and refuses what they refuse", () => {
    expect(cases).toHaveLength(1000);
    for (const [operation, mode, f, g, expected] of cases) {
      const run = () => plain((operation === 'convolve' ? convolve : crossCorrelate)(f, g, { mode }));
      if (expected === null) expect(run).toThrow(/^mode 'valid' was given/);
      else expect(run(), JSON.stringify([operation, mode, f, g])).toEqual(expected);
    }
  });

  it('a full or valid convolution commutes', () => {
    fc.assert(
      fc.property(integers, integers, fc.constantFrom<ConvolutionMode>('full', 'valid'), (f, g, mode) => {
        expect(convolve(f, g, { mode })).toEqual(convolve(g, f, { mode }));
      }),
    );
    fc.assert(
      fc.property(images, images, (f, g) => {
        expect(convolve(f, g)).toEqual(convolve(g, f));
      }),
    );
  });

  it('a convolution is a cross-correlation with the flipped kernel', () => {
    fc.assert(
      fc.property(integers, integers, (f, g) => {
        expect(crossCorrelate(f, flipKernel(g))).toEqual(convolve(f, g));
      }),
    );
    fc.assert(
      fc.property(images, images, (f, g) => {
        expect(crossCorrelate(f, flipKernel(g))).toEqual(convolve(f, g));
      }),
    );
  });

  it('is linear', () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: -99, max: 99 })), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(pairs, integers, fc.integer({ min: -9, max: 9 }), modes, (both, g, factor, mode) => {
        const first = convolve(
          both.map(([a]) => a),
          g,
          { mode },
        );
        const second = convolve(
          both.map(([, b]) => b),
          g,
          { mode },
        );
        const sum = convolve(
          both.map(([a, b]) => a + factor * b),
          g,
          { mode },
        );
        // −0 and 0 are the same number here.
        expect(Array.from(sum, (x) => x + 0)).toEqual(Array.from(first, (x, n) => x + factor * second[n] + 0));
      }),
    );
  });

  it('leaves a signal as it is when the kernel is δ', () => {
    fc.assert(
      fc.property(integers, modes, (f, mode) => {
        expect(convolve(f, [1], { mode }).map((x) => x + 0)).toEqual(Float64Array.from(f));
      }),
    );
    fc.assert(
      fc.property(images, modes, (f, mode) => {
        expect(convolve(f, [[1]], { mode }).map((row) => row.map((x) => x + 0))).toEqual(f);
      }),
    );
  });

  it('answers in the form that the signal was given in', () => {
    const image = hostArray('float32', [1, 3], Float32Array.of(1, 2, 3));
    expect(convolve(image, [[0, 1]])).toEqual(hostArray('float64', [1, 4], Float64Array.of(0, 1, 2, 3)));
    const line = hostArray('int64', [2], BigInt64Array.of(1n, 2n));
    expect(convolve(line, [2])).toEqual(hostArray('float64', [2], Float64Array.of(2, 4)));
    expect(convolve([1, 2, 3], [0, 1, 0.5])).toEqual(Float64Array.of(0, 1, 2.5, 4, 1.5));
  });

  it.each([
    ['an empty signal', () => convolve([], [1]), 'f is empty, expected at least one element'],
    ['two ranks', () => convolve([1], [[1]]), 'f has 1 dimensions and g has 2, expected as many in both'],
    ['uneven rows', () => convolve([[1, 2], [3]], [[1]]), "f's row 1 has 1 elements, expected 2 as in row 0"],
    [
      'an unknown mode',
      () => convolve([1], [1], { mode: 'wrap' as 'full' }),
      "mode is 'wrap', expected 'full', 'same' or 'valid'",
    ],
    [
      'bits of half floats',
      () => convolve(hostArray('float16', [1], Uint16Array.of(1)), [1]),
      "f is float16, expected an element type that JavaScript's numbers can hold",
    ],
    [
      'three dimensions',
      () => convolve(hostArray('uint8', [1, 1, 1], Uint8Array.of(1)), [1]),
      'f has shape [1, 1, 1], expected one or two dimensions',
    ],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});

it('flipKernel reverses a line, and both axes of an image', () => {
  expect(flipKernel([1, 2, 3])).toEqual(Float64Array.of(3, 2, 1));
  expect(
    flipKernel([
      [1, 2, 3],
      [4, 5, 6],
    ]),
  ).toEqual([
    [6, 5, 4],
    [3, 2, 1],
  ]);
});

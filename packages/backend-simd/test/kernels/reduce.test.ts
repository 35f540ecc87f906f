import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectClose } from '../reference/close.ts';
import { generator, randomFloats, sizeOf, withSpecialValues } from '../reference/numbers.ts';
import { describeOnThreads, runKernel } from '../run.ts';

/** The values that each output sums up (or picks from), in order. */
function gather(values: Float32Array, shape: readonly number[], axes: readonly number[]): number[][] {
  const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const groups = Array.from({ length: sizeOf(kept) }, (): number[] => []);
  values.forEach((value, at) => {
    let rest = at;
    let target = 0;
    let stride = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const coordinate = rest % shape[axis]!;
      rest = (rest - coordinate) / shape[axis]!;
      if (!axes.includes(axis)) target += coordinate * stride;
      stride *= kept[axis]!;
    }
    groups[target]!.push(value);
  });
  return groups;
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const REDUCTIONS: [string, (values: number[]) => number][] = [
  ['Sum', sum],
  ['Mean', (values) => sum(values) / values.length],
  ['Max', (values) => Math.max(...values)],
  ['Min', (values) => Math.min(...values)],
];

const cases = fc.array(fc.constantFrom(1, 2, 3, 4, 5, 7, 16, 18), { minLength: 1, maxLength: 4 }).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    axes: fc.subarray(
      shape.map((_, axis) => axis),
      { minLength: 1 },
    ),
    keepDims: fc.boolean(),
    special: fc.boolean(),
    seed: fc.nat(),
  }),
);

describeOnThreads('reductions', () => {
  test.each(REDUCTIONS)('%s over any axes', (name, f) => {
    fc.assert(
      fc.property(cases, ({ shape, axes, keepDims, special, seed }) => {
        const random = generator(seed);
        const plain = randomFloats(sizeOf(shape), random);
        const values = special ? withSpecialValues(plain, random) : plain;
        const groups = gather(values, shape, axes);
        const expected = groups.map(f);
        const attrs = { axis: axes, reductionIndices: axes, keepDims };
        const [out] = runKernel(name, { x: { values, shape } }, attrs);
        expect(out!.shape).toEqual(
          keepDims
            ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
            : shape.filter((_, axis) => !axes.includes(axis)),
        );
        expectClose(
          out!.values.map((value) => value + 0),
          expected.map((value) => value + 0),
          // Of numbers up to 1, as many as are summed up.
          ...([2e-7, name === 'Sum' ? groups[0]!.length : 1] as const),
        );
      }),
      { numRuns: 120 },
    );
  });

  test('a long sum keeps its digits along rows and columns', () => {
    const values = randomFloats(300_000, generator(2)).map((value) => value + 1);
    const exact = sum(Array.from(values));
    for (const [shape, axis] of [
      [[300_000], 0],
      [[150_000, 2], 0],
    ] as const) {
      const [out] = runKernel('Sum', { x: { values, shape } }, { axis: [axis], keepDims: false });
      expectClose([sum(Array.from(out!.values))], [exact], 1e-7);
    }
  });

  test('ArgMax gives the first of the largest, along any axis', () => {
    fc.assert(
      fc.property(cases, ({ shape, axes, seed }) => {
        const axis = axes[0]!;
        const values = randomFloats(sizeOf(shape), generator(seed)).map((value) => Math.round(value * 3));
        const expected = gather(values, shape, [axis]).map((group) => group.indexOf(Math.max(...group)));
        const [out] = runKernel('ArgMax', { x: { values, shape } }, { axis });
        expect(out!.dtype).toBe('int32');
        expect(Array.from(out!.values)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});

describeOnThreads('Softmax and LogSoftmax', () => {
  test('over the last axis, for every row length around the vector', () => {
    for (let classes = 1; classes <= 19; classes++) {
      const rows = 3;
      const logits = randomFloats(rows * classes, generator(classes)).map((value) => value * 20);
      const expected = Array.from({ length: rows }, (_, row) => {
        const x = Array.from(logits.slice(row * classes, (row + 1) * classes));
        const powers = x.map((value) => Math.exp(value - Math.max(...x)));
        return powers.map((power) => power / sum(powers));
      }).flat();
      const input = { logits: { values: logits, shape: [rows, classes] } };
      expectClose(runKernel('Softmax', input, { dim: -1 })[0]!.values, expected, 5e-7);
      expectClose(runKernel('LogSoftmax', input, { axis: -1 })[0]!.values, expected.map(Math.log), 5e-7);
    }
  });

  test('thousands of classes', () => {
    const logits = randomFloats(5000, generator(9));
    const powers = Array.from(logits, Math.exp);
    const expected = powers.map((power) => power / sum(powers));
    const [out] = runKernel('Softmax', { logits: { values: logits, shape: [5000] } }, { dim: 0 });
    out!.values.forEach((value, i) => {
      expect(Math.abs(value / expected[i]! - 1)).toBeLessThan(1e-6);
    });
  });

  test('infinite and missing numbers', () => {
    const logits = { values: [Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY, 0, Number.NaN, 0], shape: [3, 2] };
    const nan = Number.NaN;
    // ∞ − ∞ is NaN, as in PyTorch; e^∞ / e^∞ has no value either.
    expectClose(runKernel('Softmax', { logits }, { dim: 1 })[0]!.values, [nan, nan, 0, 1, nan, nan], 0);
  });
});

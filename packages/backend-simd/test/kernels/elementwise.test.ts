import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FLAMBEAU_KERNELS } from '../../src/index.ts';
import { expectClose } from '../reference/close.ts';
import { generator, randomFloats, sizeOf, withSpecialValues } from '../reference/numbers.ts';
import { describeOnThreads, runKernel } from '../run.ts';

/** For each element of the broadcast shape, where it lies in an operand. */
function indexIn(shape: readonly number[], broadcast: readonly number[], at: number): number {
  let rest = at;
  let index = 0;
  let stride = 1;
  for (let axis = 1; axis <= broadcast.length; axis++) {
    const size = broadcast[broadcast.length - axis]!;
    const coordinate = rest % size;
    rest = (rest - coordinate) / size;
    const own = shape[shape.length - axis] ?? 1;
    if (own !== 1) index += coordinate * stride;
    stride *= own;
  }
  return index;
}

/** Two shapes that broadcast: axes of size 1 or the common size, either operand perhaps with fewer axes. */
const shapePairs = fc
  .array(fc.record({ size: fc.constantFrom(1, 2, 3, 4, 5, 8, 9, 17), a: fc.boolean(), b: fc.boolean() }), {
    maxLength: 4,
  })
  .chain((axes) =>
    fc.tuple(fc.constant(axes), fc.integer({ min: 0, max: axes.length }), fc.integer({ min: 0, max: axes.length })),
  )
  .map(([axes, dropA, dropB]) => {
    const a = axes.map((axis) => (axis.a ? axis.size : 1));
    const b = axes.map((axis) => (axis.b ? axis.size : 1));
    const leadingOnes = (shape: number[]) => shape.findIndex((size) => size !== 1);
    const drop = (shape: number[], count: number) => {
      const ones = leadingOnes(shape) < 0 ? shape.length : leadingOnes(shape);
      return shape.slice(Math.min(count, ones));
    };
    const shape = axes.map((_, axis) => Math.max(a[axis]!, b[axis]!));
    const [shapeA, shapeB] = [drop(a, dropA), drop(b, dropB)];
    return { a: shapeA, b: shapeB, shape: shape.slice(shape.length - Math.max(shapeA.length, shapeB.length)) };
  });

const BINARY: [string, (a: number, b: number) => number][] = [
  ['Add', (a, b) => a + b],
  ['Sub', (a, b) => a - b],
  ['Multiply', (a, b) => a * b],
  ['RealDiv', (a, b) => a / b],
  ['Maximum', Math.max],
  ['Minimum', Math.min],
  ['SquaredDifference', (a, b) => (a - b) ** 2],
];

const COMPARE: [string, (a: number, b: number) => boolean][] = [
  ['Greater', (a, b) => a > b],
  ['GreaterEqual', (a, b) => a >= b],
  ['Less', (a, b) => a < b],
  ['LessEqual', (a, b) => a <= b],
  ['Equal', (a, b) => a === b],
  ['NotEqual', (a, b) => a !== b],
];

describeOnThreads('two operands', () => {
  test.each(BINARY)('%s broadcasts, NaN and infinity included', (name, f) => {
    fc.assert(
      fc.property(shapePairs, fc.nat(), ({ a, b, shape }, seed) => {
        const random = generator(seed);
        const x = withSpecialValues(randomFloats(sizeOf(a), random), random);
        const y = withSpecialValues(randomFloats(sizeOf(b), random), random);
        const expected = Array.from({ length: sizeOf(shape) }, (_, at) =>
          Math.fround(f(x[indexIn(a, shape, at)]!, y[indexIn(b, shape, at)]!)),
        );
        const [out] = runKernel(name, { a: { values: x, shape: a }, b: { values: y, shape: b } });
        expect(out!.shape).toEqual(shape);
        // One rounding apart at most: (a − b)² is rounded twice.
        expectClose(
          out!.values.map((value) => value + 0),
          expected.map((value) => value + 0),
          4e-7,
        );
      }),
      { numRuns: 60 },
    );
  });

  test.each(COMPARE)('%s gives booleans, broadcast too', (name, f) => {
    fc.assert(
      fc.property(shapePairs, fc.nat(), ({ a, b, shape }, seed) => {
        const random = generator(seed);
        const few = (count: number) =>
          withSpecialValues(
            randomFloats(count, random).map((value) => Math.round(value * 2)),
            random,
          );
        const [x, y] = [few(sizeOf(a)), few(sizeOf(b))];
        const expected = Array.from({ length: sizeOf(shape) }, (_, at) =>
          Number(f(x[indexIn(a, shape, at)]!, y[indexIn(b, shape, at)]!)),
        );
        const [out] = runKernel(name, { a: { values: x, shape: a }, b: { values: y, shape: b } });
        expect(out!.dtype).toBe('bool');
        expect(Array.from(out!.values)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  test('Select takes by element and by row', () => {
    const t = { values: [1, 2, 3, 4, 5, 6], shape: [3, 2] };
    const e = { values: [-1, -2, -3, -4, -5, -6], shape: [3, 2] };
    const each = { values: [1, 0, 0, 1, 1, 0], shape: [3, 2], dtype: 'bool' as const };
    expect(Array.from(runKernel('Select', { condition: each, t, e })[0]!.values)).toEqual([1, -2, -3, 4, 5, -6]);
    const rows = { values: [0, 1, 0], shape: [3], dtype: 'bool' as const };
    expect(Array.from(runKernel('Select', { condition: rows, t, e })[0]!.values)).toEqual([-1, -2, 3, 4, -5, -6]);
  });
});

const UNARY: [string, (x: number) => number, number][] = [
  ['Relu', (x) => Math.max(0, x), 0],
  ['Relu6', (x) => Math.min(Math.max(0, x), 6), 0],
  ['Step', (x) => (Number.isNaN(x) ? x : x > 0 ? 1 : 0), 0],
  ['Neg', (x) => -x, 0],
  ['Abs', Math.abs, 0],
  ['Square', (x) => x * x, 0.5],
  ['Sqrt', Math.sqrt, 0.5],
  ['Reciprocal', (x) => 1 / x, 0.5],
  ['Rsqrt', (x) => 1 / Math.sqrt(x), 1.5],
  ['Exp', Math.exp, 1.1],
  ['Log', Math.log, 1.1],
  ['Tanh', Math.tanh, 1.5],
  ['Sigmoid', (x) => 1 / (1 + Math.exp(-x)), 2.5],
];

const SMALLEST_NORMAL = 2 ** -126;

/** The distance between neighbouring float32 numbers at `value`. */
function ulp(value: number): number {
  return 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value))), -126) - 23);
}

/** Every kind of float32: random bits, and random numbers of a few magnitudes. */
function floatsOfAllKinds(random: () => number): Float32Array {
  const bits = Uint32Array.from({ length: 40_000 }, () => random() * 2 ** 32);
  const anything = new Float32Array(bits.buffer);
  const usual = [0.5, 4, 100].flatMap((scale) => Array.from(randomFloats(20_000, random), (value) => value * scale));
  const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0];
  const edges = [88.72283, 88.72284, -87.33655, -103.97208, -104, 0.625, -0.625, SMALLEST_NORMAL, 1e-45, 1];
  return Float32Array.from([...anything, ...usual, ...special, ...edges]);
}

describeOnThreads('one operand', () => {
  test.each(UNARY)('%s is right to the last places over all float32', (name, f, units) => {
    const x = floatsOfAllKinds(generator(1));
    const [y] = runKernel(name, { x: { values: x, shape: [x.length] } }, { alpha: 0 });
    let worst = 0;
    x.forEach((value, i) => {
      const exact = f(value);
      const expected = Math.fround(exact);
      const got = y!.values[i]!;
      if (!Number.isFinite(expected) || expected === 0) {
        if (got !== expected && !(Number.isNaN(got) && Number.isNaN(expected))) {
          throw new Error(`${name}(${value}): expected ${expected}, got ${got}`);
        }
        return;
      }
      worst = Math.max(worst, Math.abs(got - exact) / ulp(exact));
    });
    expect(worst).toBeLessThanOrEqual(Math.max(units, 0.5));
  });

  test('LeakyRelu and Step take their slope', () => {
    const x = { values: [-2, -0.5, 0, 3, Number.NaN], shape: [5] };
    expectClose(runKernel('LeakyRelu', { x }, { alpha: 0.25 })[0]!.values, [-0.5, -0.125, 0, 3, Number.NaN], 0);
    expectClose(runKernel('Step', { x }, { alpha: 0.25 })[0]!.values, [0.25, 0.25, 0.25, 1, Number.NaN], 0);
  });

  test('flambeau::relu and its gradient, NaN passing through', () => {
    for (let size = 0; size <= 17; size++) {
      const random = generator(size);
      const values = withSpecialValues(randomFloats(size, random), random);
      const grads = randomFloats(size, random);
      const [output] = runKernel(FLAMBEAU_KERNELS.relu, { input: { values, shape: [size] } });
      expect(Array.from(output!.values)).toEqual(Array.from(values, (x) => Math.max(x, 0)));
      const [back] = runKernel(FLAMBEAU_KERNELS.reluBackward, {
        gradOutput: { values: grads, shape: [size] },
        output: { values: output!.values, shape: [size] },
      });
      expect(Array.from(back!.values)).toEqual(Array.from(grads, (g, i) => (values[i]! <= 0 ? 0 : g)));
    }
  });

  test('every length around the vector', () => {
    for (let size = 0; size <= 17; size++) {
      const values = randomFloats(size, generator(size));
      const [y] = runKernel('Neg', { x: { values, shape: [size] } });
      expect(Array.from(y!.values)).toEqual(Array.from(values, (value) => -value));
    }
  });
});

import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FLAMBEAU_KERNELS } from '../../src/index.ts';
import { expectClose } from '../reference/close.ts';
import { generator, randomFloats, sizeOf } from '../reference/numbers.ts';
import { describeOnThreads, runKernel, useTestBackend } from '../run.ts';

function multiply(
  a: Float32Array,
  b: Float32Array,
  [m, n, k]: [number, number, number],
  transposeA: boolean,
  transposeB: boolean,
): Float64Array {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++)
      for (let s = 0; s < k; s++) {
        c[i * n + j]! += (transposeA ? a[s * m + i]! : a[i * k + s]!) * (transposeB ? b[j * k + s]! : b[s * n + j]!);
      }
  return c;
}

function check(m: number, n: number, k: number, transposeA: boolean, transposeB: boolean, seed: number): void {
  const random = generator(seed);
  const a = { values: randomFloats(m * k, random), shape: transposeA ? [k, m] : [m, k] };
  const b = { values: randomFloats(n * k, random), shape: transposeB ? [n, k] : [k, n] };
  const [c] = runKernel('BatchMatMul', { a, b }, { transposeA, transposeB });
  expect(c!.shape).toEqual([m, n]);
  expectClose(c!.values, multiply(a.values, b.values, [m, n, k], transposeA, transposeB));
}

describeOnThreads('BatchMatMul', () => {
  test('agrees with the sum of products in all four transposes, at sizes around every block edge', () => {
    const size = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(24, 25, 26, 63, 64, 65, 99, 100, 101));
    fc.assert(fc.property(size, size, size, fc.boolean(), fc.boolean(), fc.nat(), check), { numRuns: 200 });
  });

  test.each([
    ['steps beyond one panel', 7, 9, 513],
    ['columns beyond one panel', 3, 1030, 5],
    ['rows beyond one panel', 203, 6, 4],
    ['no steps at all', 3, 4, 0],
  ])('%s', (_, m, n, k) => {
    for (const transposeA of [false, true])
      for (const transposeB of [false, true]) check(m, n, k, transposeA, transposeB, 3);
  });

  test('leading axes broadcast', () => {
    useTestBackend();
    tf.tidy(() => {
      const a = tf.reshape(tf.range(0, 24), [2, 1, 3, 4]);
      const b = tf.reshape(tf.range(0, 40), [1, 2, 4, 5]);
      const c = tf.matMul(a, b);
      expect(c.shape).toEqual([2, 2, 3, 5]);
      const [av, bv] = [a.dataSync<'float32'>(), b.dataSync<'float32'>()];
      const expected = [0, 1].flatMap((i) =>
        [0, 1].flatMap((j) =>
          Array.from(multiply(av.slice(i * 12, i * 12 + 12), bv.slice(j * 20, j * 20 + 20), [3, 5, 4], false, false)),
        ),
      );
      expectClose(c.dataSync(), expected);
    });
  });

  test('any batch is its products one by one, broadcast over either operand', () => {
    const size = fc.integer({ min: 1, max: 7 });
    const axes = fc.array(fc.record({ size: fc.constantFrom(2, 3, 5), a: fc.boolean(), b: fc.boolean() }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(axes, size, size, size, fc.nat(), (leading, m, n, k, seed) => {
        const random = generator(seed);
        const operand = (own: 'a' | 'b', rows: number, columns: number) => {
          const shape = [...leading.map((axis) => (axis[own] ? axis.size : 1)), rows, columns];
          return { shape, values: randomFloats(sizeOf(shape), random) };
        };
        const [a, b] = [operand('a', m, k), operand('b', k, n)];
        const batch = leading.map((axis) => (axis.a || axis.b ? axis.size : 1));
        const [c] = runKernel('BatchMatMul', { a, b }, { transposeA: false, transposeB: false });
        expect(c!.shape).toEqual([...batch, m, n]);
        const matrix = ({ values, shape }: typeof a, index: number) => {
          let [rest, at, stride] = [index, 0, 1];
          for (let axis = batch.length - 1; axis >= 0; axis--) {
            if (shape[axis] !== 1) at += (rest % batch[axis]!) * stride;
            rest = Math.floor(rest / batch[axis]!);
            stride *= shape[axis]!;
          }
          const count = shape.at(-1)! * shape.at(-2)!;
          return values.slice(at * count, (at + 1) * count);
        };
        const expected = Array.from({ length: sizeOf(batch) }, (_, index) =>
          Array.from(multiply(matrix(a, index), matrix(b, index), [m, n, k], false, false)),
        );
        expectClose(c!.values, expected.flat());
      }),
      { numRuns: 100 },
    );
  });

  test('a row of NaN stays a row of NaN, and the others numbers', () => {
    const a = { values: [Number.NaN, 1, 1, 2], shape: [2, 2] };
    const b = { values: [1, 0, 0, 1], shape: [2, 2] };
    const [c] = runKernel('BatchMatMul', { a, b }, { transposeA: false, transposeB: false });
    expect(Array.from(c!.values)).toEqual([Number.NaN, Number.NaN, 1, 2]);
  });
});

describeOnThreads('flambeau::linear', () => {
  test('is input · weightᵀ + bias', () => {
    const size = fc.integer({ min: 1, max: 30 });
    fc.assert(
      fc.property(size, size, size, fc.boolean(), fc.nat(), (m, k, o, hasBias, seed) => {
        const random = generator(seed);
        const input = { values: randomFloats(m * k, random), shape: [m, k] };
        const weight = { values: randomFloats(o * k, random), shape: [o, k] };
        const bias = hasBias ? { values: randomFloats(o, random), shape: [o] } : undefined;
        const expected = multiply(input.values, weight.values, [m, o, k], false, true);
        const [out] = runKernel(FLAMBEAU_KERNELS.linear, { input, weight, bias });
        expectClose(
          out!.values,
          expected.map((value, at) => value + (bias?.values[at % o] ?? 0)),
        );
      }),
      { numRuns: 100 },
    );
  });
});

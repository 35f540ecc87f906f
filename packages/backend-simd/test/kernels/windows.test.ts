import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FLAMBEAU_KERNELS } from '../../src/index.ts';
import { expectClose } from '../reference/close.ts';
import { generator, randomFloats, withSpecialValues } from '../reference/numbers.ts';
import { describeOnThreads, runKernel } from '../run.ts';

/** Flat positions within the plane of each window, and what its sum is divided by. */
type Window = { positions: number[]; divisor: number };

function product(rows: number[], columns: number[], width: number): number[] {
  return rows.flatMap((y) => columns.map((x) => y * width + x));
}
const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

function means(x: ArrayLike<number>, planes: number, size: number, windows: Window[]): number[] {
  return range(0, planes).flatMap((plane) =>
    windows.map(({ positions, divisor }) => positions.reduce((sum, at) => sum + x[plane * size + at]!, 0) / divisor),
  );
}

function meansBackward(g: ArrayLike<number>, planes: number, size: number, windows: Window[]): Float64Array {
  const back = new Float64Array(planes * size);
  for (let plane = 0; plane < planes; plane++) {
    windows.forEach(({ positions, divisor }, i) => {
      for (const at of positions) back[plane * size + at]! += g[plane * windows.length + i]! / divisor;
    });
  }
  return back;
}

/** A side of an average pooling: how long, how far the window reaches, how it moves. */
const side = fc
  .record({
    size: fc.integer({ min: 1, max: 9 }),
    kernel: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 4 }),
    ceil: fc.boolean(),
    pad: fc.integer({ min: 0, max: 2 }),
  })
  .map((one) => ({ ...one, pad: Math.min(one.pad, Math.floor(one.kernel / 2)) }))
  .filter(({ size, kernel, pad }) => size + 2 * pad >= kernel)
  .map((one) => {
    const span = one.size + 2 * one.pad - one.kernel;
    let count = (one.ceil ? Math.ceil(span / one.stride) : Math.floor(span / one.stride)) + 1;
    if (one.ceil && (count - 1) * one.stride >= one.size + one.pad) count--;
    return { ...one, count };
  });

const planesOf = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }));

describeOnThreads('pooling by windows', () => {
  test('average pooling with any stride, padding, ceil mode and divisor, and its gradient', () => {
    fc.assert(
      fc.property(
        side,
        side,
        planesOf,
        fc.boolean(),
        fc.constantFrom(0, 0, 3, -2),
        fc.nat(),
        (h, w, lead, counts, divisor, seed) => {
          const windows = range(0, h.count).flatMap((i) =>
            range(0, w.count).map((j): Window => {
              const extent = ({ size, kernel, stride, pad }: typeof h, at: number) => {
                const start = at * stride - pad;
                const stop = Math.min(start + kernel, size + pad);
                const inside = range(Math.max(start, 0), Math.min(stop, size));
                return { inside, counted: counts ? stop - start : inside.length };
              };
              const [rows, columns] = [extent(h, i), extent(w, j)];
              return {
                positions: product(rows.inside, columns.inside, w.size),
                divisor: divisor || rows.counted * columns.counted,
              };
            }),
          );
          const random = generator(seed);
          const [planes, size] = [lead[0] * lead[1], h.size * w.size];
          const inputShape = [...lead, h.size, w.size];
          const attrs = {
            kernelSize: [h.kernel, w.kernel],
            stride: [h.stride, w.stride],
            padding: [h.pad, h.pad, w.pad, w.pad],
            outputSize: [h.count, w.count],
            inputShape,
            countIncludePad: counts,
            divisorOverride: divisor,
          };
          const x = randomFloats(planes * size, random);
          const [out] = runKernel(FLAMBEAU_KERNELS.avgPool2d, { input: { values: x, shape: inputShape } }, attrs);
          expect(out!.shape).toEqual([...lead, h.count, w.count]);
          expectClose(out!.values, means(x, planes, size, windows), 1e-6, 1);
          const g = randomFloats(planes * windows.length, random);
          const gradOutput = { values: g, shape: [...lead, h.count, w.count] };
          const [back] = runKernel(FLAMBEAU_KERNELS.avgPool2dBackward, { gradOutput }, attrs);
          expect(back!.shape).toEqual(inputShape);
          expectClose(back!.values, meansBackward(g, planes, size, windows), 1e-6, 1);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('adaptive pooling: means, their gradient, and maxima with their places', () => {
    const sides = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 6 }));
    fc.assert(
      fc.property(sides, sides, planesOf, fc.nat(), ([height, rows], [width, columns], lead, seed) => {
        const extent = (size: number, count: number, i: number) =>
          range(Math.floor((i * size) / count), Math.ceil(((i + 1) * size) / count));
        const windows = range(0, rows).flatMap((i) =>
          range(0, columns).map((j): Window => {
            const positions = product(extent(height, rows, i), extent(width, columns, j), width);
            return { positions, divisor: positions.length };
          }),
        );
        const random = generator(seed);
        const [planes, size] = [lead[0] * lead[1], height * width];
        const inputShape = [...lead, height, width];
        const attrs = { outputSize: [rows, columns], inputShape };
        const x = randomFloats(planes * size, random);
        const [out] = runKernel(FLAMBEAU_KERNELS.adaptiveAvgPool2d, { input: { values: x, shape: inputShape } }, attrs);
        expectClose(out!.values, means(x, planes, size, windows), 1e-6, 1);
        const g = randomFloats(planes * windows.length, random);
        const gradOutput = { values: g, shape: [...lead, rows, columns] };
        const [back] = runKernel(FLAMBEAU_KERNELS.adaptiveAvgPool2dBackward, { gradOutput }, attrs);
        expectClose(back!.values, meansBackward(g, planes, size, windows), 1e-6, 1);

        // Few different numbers, so that some are equal; NaN and infinities among them.
        const few = withSpecialValues(
          x.map((value) => Math.round(value * 2)),
          random,
        );
        const [best, indices] = runKernel(
          FLAMBEAU_KERNELS.adaptiveMaxPool2d,
          { input: { values: few, shape: inputShape } },
          attrs,
        );
        for (let plane = 0, at = 0; plane < planes; plane++) {
          for (const { positions } of windows) {
            // PyTorch's rule: a larger number or NaN takes over.
            const index = positions.reduce((winner, position) => {
              const [held, value] = [few[plane * size + winner]!, few[plane * size + position]!];
              return value > held || Number.isNaN(value) ? position : winner;
            });
            expect(indices!.values[at]).toBe(index);
            expectClose([best!.values[at]!], [few[plane * size + index]!], 0);
            at++;
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

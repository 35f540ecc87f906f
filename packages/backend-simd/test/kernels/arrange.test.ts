import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectClose } from '../reference/close.ts';
import { generator, randomFloats, sizeOf } from '../reference/numbers.ts';
import { describeOnThreads, runKernel, useTestBackend } from '../run.ts';

function coordinatesOf(at: number, shape: readonly number[]): number[] {
  const coordinates: number[] = [];
  let rest = at;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    coordinates.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return coordinates;
}

function indexOf(coordinates: readonly number[], shape: readonly number[]): number {
  return coordinates.reduce((index, coordinate, axis) => index * shape[axis]! + coordinate, 0);
}

/** A tensor of a shape whose elements are `f` of their coordinates. */
function build(shape: readonly number[], f: (coordinates: number[]) => number): number[] {
  return Array.from({ length: sizeOf(shape) }, (_, at) => f(coordinatesOf(at, shape)));
}

const shapes = fc.array(fc.constantFrom(1, 2, 3, 4, 5, 8, 9), { minLength: 1, maxLength: 4 });

describeOnThreads('Transpose', () => {
  test('any permutation', () => {
    const permuted = shapes.chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        fc.shuffledSubarray(
          shape.map((_, axis) => axis),
          { minLength: shape.length },
        ),
      ),
    );
    fc.assert(
      fc.property(permuted, ([shape, perm]) => {
        const values = Array.from({ length: sizeOf(shape) }, (_, at) => at);
        const outShape = perm.map((axis) => shape[axis]!);
        const expected = build(outShape, (coordinates) => {
          const source: number[] = [];
          perm.forEach((axis, index) => {
            source[axis] = coordinates[index]!;
          });
          return values[indexOf(source, shape)]!;
        });
        for (const dtype of ['float32', 'int32'] as const) {
          const [out] = runKernel('Transpose', { x: { values, shape, dtype } }, { perm });
          expect(out!.shape).toEqual(outShape);
          expect(out!.dtype).toBe(dtype);
          expect(Array.from(out!.values)).toEqual(expected);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describeOnThreads('Slice, PadV2, Concat, Pack, SplitV, Unpack', () => {
  const boxes = shapes.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      begin: fc.tuple(...shape.map((size) => fc.integer({ min: 0, max: size - 1 }))),
      more: fc.tuple(...shape.map(() => fc.integer({ min: 0, max: 3 }))),
      axis: fc.integer({ min: 0, max: shape.length - 1 }),
    }),
  );

  test('Slice cuts a box out', () => {
    fc.assert(
      fc.property(boxes, ({ shape, begin, more }) => {
        const size = shape.map((whole, axis) => Math.min(whole - begin[axis]!, 1 + more[axis]!));
        const values = Array.from({ length: sizeOf(shape) }, (_, at) => at);
        const expected = build(
          size,
          (at) =>
            values[
              indexOf(
                at.map((c, axis) => c + begin[axis]!),
                shape,
              )
            ]!,
        );
        const [out] = runKernel('Slice', { x: { values, shape } }, { begin: [...begin], size });
        expect(out!.shape).toEqual(size);
        expect(Array.from(out!.values)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  test('PadV2 puts a frame around', () => {
    fc.assert(
      fc.property(boxes, ({ shape, begin, more }) => {
        const paddings = shape.map((_, axis) => [begin[axis]!, more[axis]!] as [number, number]);
        const outShape = shape.map((size, axis) => size + begin[axis]! + more[axis]!);
        const values = Array.from({ length: sizeOf(shape) }, (_, at) => at);
        const expected = build(outShape, (at) => {
          const source = at.map((c, axis) => c - begin[axis]!);
          const inside = source.every((c, axis) => c >= 0 && c < shape[axis]!);
          return inside ? values[indexOf(source, shape)]! : -7;
        });
        const [out] = runKernel('PadV2', { x: { values, shape } }, { paddings, constantValue: -7 });
        expect(out!.shape).toEqual(outShape);
        expect(Array.from(out!.values)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  test('what was concatenated or packed comes apart again', () => {
    useTestBackend();
    fc.assert(
      fc.property(boxes, ({ shape, more, axis }) => {
        tf.tidy(() => {
          const other = shape.map((size, index) => (index === axis ? 1 + more[axis]! : size));
          const a = tf.reshape(tf.range(0, sizeOf(shape)), shape);
          const b = tf.reshape(tf.range(100, 100 + sizeOf(other)), other);
          const joined = tf.concat([a, b], axis);
          const expected = build(joined.shape, (at) => {
            const first = at[axis]! < shape[axis]!;
            const source = at.map((c, index) => (index === axis && !first ? c - shape[axis]! : c));
            return first ? indexOf(source, shape) : 100 + indexOf(source, other);
          });
          expect(Array.from(joined.dataSync())).toEqual(expected);
          const parts = tf.split(joined, [shape[axis]!, other[axis]!], axis);
          expect(parts.map((part) => Array.from(part.dataSync()))).toEqual([a, b].map((t) => Array.from(t.dataSync())));

          const stacked = tf.stack([a, tf.add(a, 1)], axis);
          expect(stacked.shape).toEqual([...shape.slice(0, axis), 2, ...shape.slice(axis)]);
          const [first, second] = tf.unstack(stacked, axis);
          expect(Array.from(first!.dataSync())).toEqual(Array.from(a.dataSync()));
          expect(Array.from(second!.dataSync())).toEqual(Array.from(a.dataSync(), (value) => value + 1));
        });
      }),
      { numRuns: 60 },
    );
  });
});

describeOnThreads('GatherV2 and UnsortedSegmentSum', () => {
  test('gather rows along any axis, and add them back', () => {
    const cases = shapes.chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        axis: fc.integer({ min: 0, max: shape.length - 1 }),
        count: fc.integer({ min: 1, max: 6 }),
        seed: fc.nat(),
      }),
    );
    fc.assert(
      fc.property(cases, ({ shape, axis, count, seed }) => {
        const random = generator(seed);
        const values = randomFloats(sizeOf(shape), random);
        const chosen = Array.from({ length: count }, () => Math.floor(random() * shape[axis]!));
        const outShape = shape.map((size, index) => (index === axis ? count : size));
        const expected = build(outShape, (at) => {
          const source = at.map((c, index) => (index === axis ? chosen[c]! : c));
          return values[indexOf(source, shape)]!;
        });
        const indices = { values: chosen, shape: [count], dtype: 'int32' as const };
        const [out] = runKernel('GatherV2', { x: { values, shape }, indices }, { axis, batchDims: 0 });
        expect(out!.shape).toEqual(outShape);
        expectClose(out!.values, expected, 0);

        if (axis !== 0) return;
        const rows = randomFloats(sizeOf(outShape), random);
        const row = sizeOf(shape.slice(1));
        const sums = new Float64Array(sizeOf(shape));
        rows.forEach((value, at) => {
          sums[chosen[Math.floor(at / row)]! * row + (at % row)]! += value;
        });
        const [back] = runKernel(
          'UnsortedSegmentSum',
          { x: { values: rows, shape: outShape }, segmentIds: indices },
          { numSegments: shape[0]! },
        );
        expect(back!.shape).toEqual(shape);
        expectClose(back!.values, sums, 1e-6);
      }),
      { numRuns: 100 },
    );
  });

  test('an index outside is an error that leaves nothing behind', () => {
    const backend = useTestBackend();
    const x = tf.ones([3, 2]);
    const indices = tf.tensor1d([0, 3], 'int32');
    const before = backend.heap.usedBytes;
    expect(() => tf.gather(x, indices)).toThrow('GatherV2: the index value 3 is not in [0, 2]');
    expect(backend.heap.usedBytes).toBe(before);
    tf.dispose([x, indices]);
  });

  test('segment ids that name no segment are passed over', () => {
    const x = { values: [1, 2, 3], shape: [3, 1] };
    const segmentIds = { values: [-1, 1, 9], shape: [3], dtype: 'int32' as const };
    const [out] = runKernel('UnsortedSegmentSum', { x, segmentIds }, { numSegments: 2 });
    expect(Array.from(out!.values)).toEqual([0, 2]);
  });
});

describeOnThreads('Cast, OneHot, Fill', () => {
  test('casts convert the numbers, whichever dtype they come from', () => {
    const cases: [ArrayLike<number>, 'float32' | 'int32' | 'bool', string, number[]][] = [
      [[1.9, -1.9, 0], 'float32', 'int32', [1, -1, 0]],
      [[1.5, 0, -0.1], 'float32', 'bool', [1, 0, 1]],
      [[3, -4, 0], 'int32', 'float32', [3, -4, 0]],
      [[3, 0, 256], 'int32', 'bool', [1, 0, 1]],
      [[1, 0, 1], 'bool', 'float32', [1, 0, 1]],
      [[1, 0, 1], 'bool', 'int32', [1, 0, 1]],
    ];
    for (const [values, from, dtype, expected] of cases) {
      const [out] = runKernel('Cast', { x: { values, shape: [3], dtype: from } }, { dtype });
      expect(out!.dtype).toBe(dtype);
      expect(Array.from(out!.values)).toEqual(expected);
    }
  });

  test('a cpu kernel that hands out floats as integers is put right', () => {
    useTestBackend();
    tf.tidy(() => {
      // The cpu backend's MaxPoolWithArgmax writes its indexes under the dtype of its input.
      const x = tf.tensor4d([1, 9, 3, 4, 8, 2, 7, 6], [1, 2, 4, 1]);
      const { indexes } = tf.maxPoolWithArgmax(x, 2, 2, 'valid');
      expect(indexes.dtype).toBe('int32');
      expect(Array.from(tf.gather(tf.reshape(x, [-1]), tf.reshape(indexes, [-1])).dataSync())).toEqual([9, 7]);
    });
  });

  test('OneHot passes over indices outside', () => {
    const indices = { values: [2, -1, 0], shape: [3], dtype: 'int32' as const };
    const attrs = { dtype: 'float32', depth: 3, onValue: 5, offValue: 1 };
    expect(Array.from(runKernel('OneHot', { indices }, attrs)[0]!.values)).toEqual([1, 1, 5, 1, 1, 1, 5, 1, 1]);
  });
});

import { DataError, parseIdx } from '@flambeau/datasets';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const bytes = (...values: number[]) => Uint8Array.from(values);

/** An IDX file with this type byte, shape and body. */
function idx(type: number, shape: number[], body: ArrayLike<number>): Uint8Array {
  const header = shape.flatMap((side) => [side >>> 24, (side >>> 16) & 255, (side >>> 8) & 255, side & 255]);
  return Uint8Array.from([0, 0, type, shape.length, ...header, ...Array.from(body)]);
}

function failure(work: () => unknown): DataError {
  try {
    work();
  } catch (error) {
    if (error instanceof DataError) return error;
  }
  throw new Error('expected a DataError');
}

describe('parseIdx', () => {
  it('reads bytes in the file’s shape, as a view', () => {
    const file = idx(8, [2, 1, 3], [1, 2, 3, 4, 5, 255]);
    const array = parseIdx(file);
    expect(array).toEqual({ dtype: 'uint8', shape: [2, 1, 3], data: bytes(1, 2, 3, 4, 5, 255) });
    expect(array.data.buffer).toBe(file.buffer);
  });

  it.each([
    ['int8', 9, [0xff, 0x7f], Int8Array.of(-1, 127)],
    ['int16', 11, [0xff, 0xfe, 0x01, 0x00], Int16Array.of(-2, 256)],
    ['int32', 12, [0xff, 0xff, 0xff, 0xfd, 0x00, 0x01, 0x00, 0x00], Int32Array.of(-3, 65536)],
    ['float32', 13, [0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0], Float32Array.of(1, -2.5)],
    ['float64', 14, [0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 0x04, 0, 0, 0, 0, 0, 0], Float64Array.of(1, -2.5)],
  ] as const)('reads big-endian %s', (dtype, type, body, data) => {
    expect(parseIdx(idx(type, [2], body))).toEqual({ dtype, shape: [2], data });
  });

  it('reads a file at any offset of a larger buffer', () => {
    const file = idx(11, [1], [0x01, 0x02]);
    const larger = new Uint8Array(file.length + 1);
    larger.set(file, 1);
    expect(parseIdx(larger.subarray(1)).data).toEqual(Int16Array.of(0x0102));
  });

  it('reads an array without elements', () => {
    expect(parseIdx(idx(8, [0, 28, 28], []))).toEqual({ dtype: 'uint8', shape: [0, 28, 28], data: bytes() });
  });

  it.each([
    ['an empty file', bytes(), 'truncated', /at least 4 bytes, got 0/],
    ['a header that ends early', bytes(0, 0, 8, 3, 0, 0), 'truncated', /header of 16 bytes for 3 dimensions, got 6/],
    [
      'fewer bytes than the header claims',
      idx(8, [2, 2], [1, 2, 3]),
      'truncated',
      /\[2, 2\], 16 bytes in all, but it has 15/,
    ],
    ['trailing bytes', idx(8, [2], [1, 2, 3]), 'too-large', /\[2\], 10 bytes in all, but it has 11/],
    ['gzip instead of IDX', bytes(0x1f, 0x8b, 8, 0, 0, 0, 0, 0), 'wrong-format', /got 1f8b0800/],
    ['an unknown element type', idx(10, [1], [0]), 'wrong-format', /got 00000a01/],
    [
      'a size beyond 2⁵³',
      idx(14, [0xffffffff, 0xffffffff, 0xffffffff], []),
      'truncated',
      /633825299672283529512583004224|bytes in all/,
    ],
    [
      'a size whose product wraps to 0',
      idx(8, [0x80000000, 0x80000000, 4], []),
      'truncated',
      /18446744073709551632 bytes/,
    ],
  ])('refuses %s', (_, file, code, message) => {
    const error = failure(() => parseIdx(file, 'train-images-idx3-ubyte'));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^train-images-idx3-ubyte: /);
  });

  it('gives a whole array or a DataError for any bytes', () => {
    const anyFile = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.uint8Array({ maxLength: 64 }).map((tail) => Uint8Array.from([0, 0, 8, 2, ...tail])),
    );
    fc.assert(
      fc.property(anyFile, (file) => {
        try {
          const { shape, data } = parseIdx(file);
          expect(data.length).toBe(shape.reduce((product, side) => product * side, 1));
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

import { expect, it } from 'vitest';
import { padSequences } from '../../src/index.ts';

const rows = [Int32Array.of(5, 6, 7), Int32Array.of(8), new Int32Array(0)];

it.each([
  [{}, [3, 3], [5, 6, 7, 8, 0, 0, 0, 0, 0]],
  [{ paddingValue: 1 }, [3, 3], [5, 6, 7, 8, 1, 1, 1, 1, 1]],
  [{ paddingValue: 1, trailing: 1 }, [3, 4], [5, 6, 7, 1, 8, 1, 1, 1, 1, 1, 1, 1]],
  [{ minLength: 5 }, [3, 5], [5, 6, 7, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
])('fills up at the end: %o', (options, shape, data) => {
  const padded = padSequences(rows, options);
  expect([padded.dtype, [...padded.shape], [...padded.data]]).toEqual(['int32', shape, data]);
});

it('gives an empty array for nothing', () => {
  expect(padSequences([]).shape).toEqual([0, 0]);
});

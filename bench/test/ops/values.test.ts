import { expect, test } from 'vitest';
import { classes, digest, digestOf, values } from '../../src/ops/values.ts';

test("are pytorch/ops.py's, bit for bit", () => {
  expect([...values(4, 0)]).toEqual([
    0.3901516795158386, -0.34976911544799805, -0.06890958547592163, 0.18510043621063232,
  ]);
  expect([...values(3, 2)]).toEqual([-0.4382311701774597, 0.15738260746002197, -0.43785911798477173]);
  expect([...classes(8, 10)]).toEqual([6, 2, 7, 9, 1, 0, 3, 6]);
});

test('a digest is the mean magnitude', () => {
  expect(digest([1, -2, 3])).toBe(2);
  expect(digestOf([[1, -2, 3], [0.5]])).toBe(2.5);
});

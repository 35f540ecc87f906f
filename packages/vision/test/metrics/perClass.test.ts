import { expect, it } from 'vitest';
import { perClass } from '../../src/metrics/perClass.ts';

it('counts as by hand: rows are true classes, columns predicted ones', () => {
  // cat: 50 found, 2 missed, 5 dogs taken for cats.
  const [cat, dog] = perClass(
    [
      [50, 2],
      [5, 43],
    ],
    ['cat', 'dog'],
  );
  expect(cat).toEqual({
    name: 'cat',
    support: 52,
    truePositives: 50,
    precision: 50 / 55,
    recall: 50 / 52,
    f1: (2 * (50 / 55) * (50 / 52)) / (50 / 55 + 50 / 52),
  });
  expect(dog!.precision).toBe(43 / 45);
  expect(dog!.recall).toBe(43 / 48);
});

it('is 0, not NaN, for a class that never occurs or is never predicted', () => {
  const [, never, missing] = perClass(
    [
      [3, 0, 0],
      [2, 0, 0],
      [0, 0, 0],
    ],
    ['a', 'never predicted', 'missing'],
  );
  expect([never!.precision, never!.recall, never!.f1]).toEqual([0, 0, 0]);
  expect([missing!.support, missing!.recall]).toEqual([0, 0]);
});

it('refuses a matrix that the names do not fit', () => {
  expect(() => perClass([[1, 2]], ['a', 'b'])).toThrow('2 class names need a matrix of 2×2, got 1×2');
});

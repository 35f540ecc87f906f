import { expect, test } from 'vitest';
import { turns } from '../../src/children/turns.ts';

test('everyone has one turn a round, and each is first in turn', () => {
  expect([0, 1, 2, 3].map((round) => turns(['a', 'b', 'c'], round).join(''))).toEqual(['abc', 'bca', 'cab', 'abc']);
});

test('nobody is nobody', () => {
  expect(turns([], 3)).toEqual([]);
});

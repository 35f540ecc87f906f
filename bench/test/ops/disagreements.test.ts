import { expect, test } from 'vitest';
import { disagreements } from '../../src/ops/disagreements.ts';

test('rounding is no disagreement', () => {
  expect(
    disagreements(
      new Map([
        ['ours', 0.25],
        ['PyTorch', 0.2500001],
      ]),
    ),
  ).toEqual([]);
});

test('another result is, and so is NaN', () => {
  expect(
    disagreements(
      new Map([
        ['ours', 0.25],
        ['PyTorch', 0.26],
        ['tfjs', Number.NaN],
      ]),
    ),
  ).toEqual([
    'PyTorch computes something else than ours (0.26 and 0.25)',
    'tfjs computes something else than ours (NaN and 0.25)',
  ]);
});

test('who is alone agrees', () => {
  expect(disagreements(new Map([['ours', 1]]))).toEqual([]);
  expect(disagreements(new Map())).toEqual([]);
});

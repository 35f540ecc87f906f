import { tensor1d, tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { contextVector } from '../../src/index.ts';
import { simd } from '../onSimd.ts';

beforeAll(async () => {
  await simd();
});

const states = [
  [1, 2, 3, 4],
  [2, 3, 5, 7],
  [0, -1, 3, 6],
];

describe('the context vector', () => {
  it("is the notes' worked example", async () => {
    const context = contextVector(tensor1d([0.6, 0.3, 0.1]), tensor2d(states));
    expect(context.shape).toEqual([4]);
    for (const [i, value] of [1.2, 2.0, 3.6, 5.1].entries()) expect((await context.data())[i]).toBeCloseTo(value, 6);
  });

  it('is made for each step of each sequence of a batch', async () => {
    const context = contextVector(
      tensor3d([
        [
          [0.6, 0.3, 0.1],
          [0, 1, 0],
        ],
      ]),
      tensor3d([states]),
    );
    expect(context.shape).toEqual([1, 2, 4]);
    expect([...(await context.data()).slice(4)]).toEqual(states[1]);
  });

  it('says which shapes it expects', () => {
    expect(() => contextVector(tensor1d([1, 0]), tensor2d(states))).toThrow(
      'contextVector: expected weights [S] and states [S, C], or [N, T, S] and [N, S, C], got [2] and [3, 4]',
    );
  });
});

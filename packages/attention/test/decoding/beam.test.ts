import { describe, expect, it } from 'vitest';
import { Beam } from '../../src/decoding/beam.ts';

const rules = { beamSize: 1, lengthPenalty: 1, maxLength: 3, eos: 1, nBest: 1 };
/** A step's words with their logarithms, by falling probability. */
const step = (...words: readonly (readonly [id: number, logProbability: number])[]) => ({
  ids: words.map(([id]) => id),
  logProbabilities: words.map(([, log]) => log),
  weights: null,
});

describe('a beam', () => {
  it('goes on while what lives can still win by being longer', () => {
    const beam = new Beam(rules);
    beam.advance([step([1, -1], [2, -1.2])], [0]);
    // Behind as it stands, −1.2 against −1; ahead if it ends at length 2 with certainty, −0.6.
    expect(beam.done).toBe(false);
    beam.advance([step([1, -0.01], [3, -5])], [0]);
    expect(beam.best).toMatchObject([{ ids: [2], finished: true, score: (-1.2 - 0.01) / 2 }]);
  });

  it('stops as soon as nothing that lives can win', () => {
    const beam = new Beam(rules);
    beam.advance([step([1, -0.3], [2, -1.2])], [0]);
    expect(beam.done).toBe(true);
    expect(beam.best).toMatchObject([{ ids: [], finished: true, score: -0.3 }]);
  });

  it('gives what was cut off where nothing has ended', () => {
    const beam = new Beam({ ...rules, maxLength: 2, beamSize: 2, nBest: 2 });
    beam.advance([step([2, -0.1], [3, -2])], [0]);
    beam.advance([step([2, -0.2], [3, -3]), step([1, -0.1], [2, -4])], [0, 1]);
    expect(beam.done).toBe(true);
    expect(beam.best.map(({ ids, finished }) => [ids, finished])).toEqual([
      [[3], true],
      [[2, 2], false],
    ]);
  });

  it('breaks ties in a fixed order', () => {
    const beam = new Beam({ ...rules, beamSize: 2 });
    beam.advance([step([5, -1], [4, -1], [3, -1])], [0]);
    expect(beam.live.map(({ ids }) => ids[0])).toEqual([3, 4]);
  });
});

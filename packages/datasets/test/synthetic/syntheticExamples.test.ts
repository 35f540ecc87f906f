import { DataError, dateTask, sequenceTask, syntheticExamples, syntheticStream } from '@flambeau/datasets';
import { describe, expect, it } from 'vitest';

const splits = ['train', 'valid', 'test'] as const;

describe('syntheticExamples', () => {
  it('are the same for the same seed, others for another', () => {
    const task = sequenceTask('reverse');
    const draw = (seed: number) => syntheticExamples(task, { split: 'train', count: 20, seed });
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  // So that data does not change from version to version: a checkpoint would then be tested on what it was trained on.
  it('are those of every version', () => {
    const task = sequenceTask('reverse', { minLength: 3, maxLength: 5 });
    const drawn = splits.map((split) =>
      syntheticExamples(task, { split, count: 2, seed: 0 }).map(({ source }) => source),
    );
    expect(drawn).toMatchInlineSnapshot(`
      [
        [
          "p b q z r",
          "z r r z",
        ],
        [
          "j q o t",
          "c e j",
        ],
        [
          "r b j",
          "j z z n r",
        ],
      ]
    `);
  });

  it.each([
    ['sequences', sequenceTask('copy', { alphabet: [...'abcd'], minLength: 2, maxLength: 4 })],
    ['days', dateTask({ fromYear: 2000, toYear: 2004 })],
  ])('never share %s between splits, whatever the seeds', (_, task) => {
    const identities = splits.map(
      (split, seed) =>
        new Set(syntheticExamples(task, { split, count: 3000, seed }).map((pair) => task.identityOf(pair))),
    );
    const together = new Set(identities.flatMap((set) => [...set]));
    expect(together.size).toBe(identities.reduce((sum, { size }) => sum + size, 0));
    // About one of ten each for valid and test.
    for (const set of identities.slice(1)) expect(set.size / together.size).toBeGreaterThan(0.05);
    for (const set of identities.slice(1)) expect(set.size / together.size).toBeLessThan(0.15);
  });

  it('begin an endless stream', () => {
    const task = dateTask();
    const first: unknown[] = [];
    for (const pair of syntheticStream(task, { split: 'valid', seed: 5 })) if (first.push(pair) === 7) break;
    expect(syntheticExamples(task, { split: 'valid', count: 7, seed: 5 })).toEqual(first);
  });

  it('are refused where a task has too few', () => {
    const task = sequenceTask('copy', { alphabet: ['a', 'b'], minLength: 1, maxLength: 1 });
    const empty = splits.filter((split) => {
      try {
        syntheticExamples(task, { split, count: 1 });
        return false;
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
        expect((error as Error).message).toBe(`the task copy has too few different examples for a ${split} split`);
        return true;
      }
    });
    expect(empty.length).toBeGreaterThan(0);
  });

  it.each([-1, 1.5, Number.NaN])('refuses a count of %s', (count) => {
    expect(() => syntheticExamples(dateTask(), { split: 'train', count })).toThrow(DataError);
  });
});

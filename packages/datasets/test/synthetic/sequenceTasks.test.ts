import { DataError, type SequenceTaskName, sequenceTask, syntheticExamples } from '@flambeau/datasets';
import { describe, expect, it } from 'vitest';

const answers: Record<SequenceTaskName, (tokens: string[]) => string[]> = {
  copy: (tokens) => tokens,
  reverse: (tokens) => tokens.map((_, index) => tokens[tokens.length - 1 - index]),
  sort: (tokens) => [...tokens].sort(),
};

describe('sequenceTask', () => {
  it.each(Object.keys(answers) as SequenceTaskName[])('%s: every target is right', (name) => {
    const pairs = syntheticExamples(sequenceTask(name), { split: 'train', count: 300 });
    for (const { source, target } of pairs) expect(target).toBe(answers[name](source.split(' ')).join(' '));
  });

  it('draws every length and every token', () => {
    const task = sequenceTask('copy', { minLength: 2, maxLength: 6, alphabet: ['x', 'yy', '3'] });
    const sequences = syntheticExamples(task, { split: 'train', count: 2000 }).map(({ source }) => source.split(' '));
    const lengths = [2, 3, 4, 5, 6].map((length) => sequences.filter((tokens) => tokens.length === length).length);
    for (const count of lengths.slice(2)) expect(count).toBeGreaterThan(200);
    expect(lengths.reduce((sum, count) => sum + count)).toBe(2000);
    expect(new Set(sequences.flat())).toEqual(new Set(['x', 'yy', '3']));
  });

  it('sorts by the order of the alphabet', () => {
    const task = sequenceTask('sort', { minLength: 5, maxLength: 5, alphabet: ['10', '9', 'a'] });
    for (const { target } of syntheticExamples(task, { split: 'train', count: 50 })) {
      expect(target).toMatch(/^(10 ?)*(9 ?)*(a ?)*$/);
    }
  });

  it.each([
    { minLength: 0 },
    { minLength: 9, maxLength: 8 },
    { maxLength: 7.5 },
    { alphabet: ['a'] },
    { alphabet: ['a', 'a'] },
    { alphabet: ['a', 'b c'] },
    { alphabet: ['', 'b'] },
  ])('refuses %j', (options) => {
    expect(() => sequenceTask('copy', options)).toThrow(DataError);
  });
});

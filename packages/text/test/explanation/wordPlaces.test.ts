import { expect, it } from 'vitest';
import { wordPlaces } from '../../src/explanation/wordPlaces.ts';

it('finds words one after the other, whatever their case', () => {
  const text = 'The the THE end';
  const found = wordPlaces(text, ['the', 'the', 'the', 'end']).map(({ start, end }) => text.slice(start, end));
  expect(found).toEqual(['The', 'the', 'THE', 'end']);
});

it('gives up a word that it can not find, and goes on with the next', () => {
  expect(wordPlaces('one two', ['one', 'zwei', 'two'])).toEqual([
    { start: 0, end: 3 },
    { start: -1, end: -1 },
    { start: 4, end: 7 },
  ]);
});

it('does not take a word far away for one that was rewritten', () => {
  const text = `a ${'b '.repeat(30)}zwei`;
  const places = wordPlaces(text, ['a', 'zwei', ...Array.from({ length: 30 }, () => 'b')]);
  expect(places[1]).toEqual({ start: -1, end: -1 });
  expect(places.slice(2).every(({ start }) => start > 0)).toBe(true);
});

it('keeps places right where lower case is longer', () => {
  expect(wordPlaces('İ am', ['İ', 'am'])).toEqual([
    { start: 0, end: 1 },
    { start: 2, end: 4 },
  ]);
});

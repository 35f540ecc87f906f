import { DataError, dateTask, syntheticExamples } from '@flambeau/datasets';
import { describe, expect, it } from 'vitest';
import { dateFormatCount, ordinal } from '../../src/synthetic/dateFormats.ts';

const pairs = syntheticExamples(dateTask(), { split: 'train', count: 20_000, seed: 3 });
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Reads a date as a person does, by rules of its own. */
function read(text: string): string {
  const lower = text.toLowerCase();
  const letters = lower.match(/[a-z]+/g) ?? [];
  const numbers = (lower.match(/\d+/g) ?? []).map(Number);
  const month = months.findIndex((name) =>
    letters.some((word) => word.startsWith(name) && !weekdays.includes(word.slice(0, 3))),
  );
  const iso = (year: number, month: number, day: number) =>
    `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  if (month >= 0) {
    const year = numbers.find((number) => number > 31) as number;
    return iso(year, month + 1, numbers.find((number) => number !== year) as number);
  }
  if (/^\d{8}$/.test(text)) return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
  const [a, b, c] = numbers;
  if (a > 31) return iso(a, b, c);
  if (text.includes('.')) return iso(c, b, a);
  if (a > 12) return iso(c, b, a);
  if (b > 12) return iso(c, a, b);
  throw new Error(`${text} can be read in two ways`);
}

describe('dateTask', () => {
  it('writes no date that can be read as another', () => {
    for (const { source, target } of pairs) expect([source, read(source)]).toEqual([source, target]);
  });

  it('names the right weekday', () => {
    const named = pairs.filter(({ source }) => /day|^(sun|mon|tue|wed|thu|fri|sat)[ ,]/i.test(source));
    expect(named.length).toBeGreaterThan(3000);
    for (const { source, target } of named) {
      const weekday = weekdays[new Date(`${target}T00:00:00Z`).getUTCDay()];
      expect([source, source.toLowerCase().slice(0, 3)]).toEqual([source, weekday]);
    }
  });

  it('has many formats, letters and years', () => {
    const shape = (source: string) =>
      source
        .toLowerCase()
        .replaceAll(',', '')
        .replace(/[a-z]*day/, 'W')
        .replace(new RegExp(`(${months.join('|')})[a-z]*\\.?`), (word) => (word.length > 5 ? 'M' : 'm'))
        .replace(/\d+(st|nd|rd|th)/, 'o')
        .replace(/\d{3,}/, 'Y')
        .replace(/\d+/g, 'd');
    expect(new Set(pairs.map(({ source }) => shape(source))).size).toBeGreaterThanOrEqual(dateFormatCount - 4);
    expect(pairs.some(({ source }) => /^[A-Z]+ \d+, \d+$/.test(source))).toBe(true);
    expect(pairs.some(({ source }) => /^[a-z]+ \d+ \d+$/.test(source))).toBe(true);
    expect(new Set(pairs.map(({ target }) => target.slice(0, 4))).size).toBe(200);
  });

  it('knows leap years, and keeps to its years', () => {
    const days = syntheticExamples(dateTask({ fromYear: 1900, toYear: 1904 }), { split: 'train', count: 8000 });
    expect(days.every(({ target }) => target >= '1900-01-01' && target <= '1904-12-31')).toBe(true);
    expect(days.some(({ target }) => target === '1900-02-29')).toBe(false);
    expect(new Set(days.map(({ target }) => target)).size).toBeGreaterThan(1300);
  });

  it('writes ordinals', () => {
    expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 30, 31].map(ordinal)).toEqual([
      '1st',
      '2nd',
      '3rd',
      '4th',
      '11th',
      '12th',
      '13th',
      '21st',
      '22nd',
      '23rd',
      '30th',
      '31st',
    ]);
  });

  it.each([{ fromYear: 999 }, { toYear: 10_000 }, { fromYear: 2000, toYear: 1999 }, { fromYear: 1.5 }])(
    'refuses %j',
    (years) => {
      expect(() => dateTask(years)).toThrow(DataError);
    },
  );
});

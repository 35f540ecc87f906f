import { DataError } from '../dataError.ts';
import { type CalendarDay, writeDate } from './dateFormats.ts';
import { drawBetween, type SyntheticTask } from './syntheticTask.ts';

export interface DateTaskOptions {
  /** Default: 1900. */
  readonly fromYear?: number | undefined;
  /** The last year, itself included. Default: 2099. */
  readonly toYear?: number | undefined;
}

const msPerDay = 86_400_000;

/**
 * Human-readable date → ISO date: `Thursday, 3rd of March 1994` → `1994-03-03`, character by character.
 *
 * Days are uniform in the years. Formats: written out and abbreviated months, with and without the (right) weekday, ordinal
 * suffixes, figures where they can't be mistaken (year first; dots with the day first; slashes and hyphens in any order only
 * after the 12th); capitals and commas come and go.
 *
 * @throws {DataError} `bad-argument` unless 1000 ≤ fromYear ≤ toYear ≤ 9999
 *
 * @example
 * ```ts
 * const [pair] = syntheticExamples(dateTask(), { split: 'test', count: 1, seed: 0 });
 * ```
 */
export function dateTask({ fromYear = 1900, toYear = 2099 }: DateTaskOptions = {}): SyntheticTask {
  const isYear = (year: number) => Number.isInteger(year) && year >= 1000 && year <= 9999;
  if (!isYear(fromYear) || !isYear(toYear) || fromYear > toYear) {
    throw new DataError(
      'bad-argument',
      `expected years 1000 ≤ fromYear ≤ toYear ≤ 9999, got ${fromYear} and ${toYear}`,
    );
  }
  const first = Date.UTC(fromYear, 0, 1) / msPerDay;
  const last = Date.UTC(toYear, 11, 31) / msPerDay;
  return {
    name: 'dates',
    tokens: 'characters',
    sample(generator) {
      const date = new Date(drawBetween(generator, first, last) * msPerDay);
      return { source: writeDate(dayOf(date), generator), target: date.toISOString().slice(0, 10) };
    },
    identityOf: ({ target }) => target,
  };
}

function dayOf(date: Date): CalendarDay {
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
  };
}

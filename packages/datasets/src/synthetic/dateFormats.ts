import type { Generator } from '@flambeau/core';
import { drawFrom, drawTrue } from './syntheticTask.ts';

/** A day of the Gregorian calendar. */
export interface CalendarDay {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const padded = (value: number) => String(value).padStart(2, '0');
const monthOf = ({ month }: CalendarDay) => months[month - 1];
const weekdayOf = ({ weekday }: CalendarDay) => weekdays[weekday];

/** `Mar`, at times with a full stop; `Sept` beside `Sep`; `May` is no abbreviation. */
function shortMonthOf(date: CalendarDay, generator: Generator): string {
  if (date.month === 5) return 'May';
  const letters = date.month === 9 && drawTrue(generator, 0.5) ? 4 : 3;
  return monthOf(date).slice(0, letters) + (drawTrue(generator, 0.25) ? '.' : '');
}

const shortWeekdayOf = (date: CalendarDay) => weekdayOf(date).slice(0, 3);

/** `1st`, `2nd`, `3rd`, `4th`, `11th`. */
export function ordinal(value: number): string {
  const lastTwo = value % 100;
  const suffix = lastTwo >= 11 && lastTwo <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
  return `${value}${suffix}`;
}

type DateFormat = (date: CalendarDay, generator: Generator) => string;

/** With the month in letters: no order of day, month and year can be mistaken. */
const writtenFormats: readonly DateFormat[] = [
  (date) => `${date.day} ${monthOf(date)} ${date.year}`,
  (date) => `${monthOf(date)} ${date.day}, ${date.year}`,
  (date) => `${ordinal(date.day)} ${monthOf(date)} ${date.year}`,
  (date) => `${monthOf(date)} ${ordinal(date.day)}, ${date.year}`,
  (date) => `the ${ordinal(date.day)} of ${monthOf(date)}, ${date.year}`,
  (date) => `${monthOf(date)} the ${ordinal(date.day)}, ${date.year}`,
  (date) => `${weekdayOf(date)}, ${date.day} ${monthOf(date)} ${date.year}`,
  (date) => `${weekdayOf(date)}, ${monthOf(date)} ${date.day}, ${date.year}`,
  (date) => `${weekdayOf(date)}, ${monthOf(date)} ${ordinal(date.day)}, ${date.year}`,
  (date) => `${weekdayOf(date)} the ${ordinal(date.day)} of ${monthOf(date)} ${date.year}`,
  (date, generator) => `${date.day} ${shortMonthOf(date, generator)} ${date.year}`,
  (date, generator) => `${shortMonthOf(date, generator)} ${date.day}, ${date.year}`,
  (date, generator) => `${shortMonthOf(date, generator)} ${ordinal(date.day)}, ${date.year}`,
  (date, generator) => `${shortWeekdayOf(date)}, ${date.day} ${shortMonthOf(date, generator)} ${date.year}`,
  (date, generator) => `${shortWeekdayOf(date)}, ${shortMonthOf(date, generator)} ${date.day}, ${date.year}`,
  (date) => `${padded(date.day)}-${monthOf(date).slice(0, 3)}-${date.year}`,
  (date) => `${date.year} ${monthOf(date)} ${date.day}`,
  (date) => `${date.year}, ${monthOf(date)} ${ordinal(date.day)}`,
];

/** In figures, year first: the month follows. */
const yearFirstFormats: readonly DateFormat[] = [
  ({ year, month, day }) => `${year}/${padded(month)}/${padded(day)}`,
  ({ year, month, day }) => `${year}.${month}.${day}`,
  ({ year, month, day }) => `${year} ${padded(month)} ${padded(day)}`,
  ({ year, month, day }) => `${year}${padded(month)}${padded(day)}`,
  // The day of the month first, as is the rule where dots stand between.
  ({ year, month, day }) => `${day}.${month}.${year}`,
  ({ year, month, day }) => `${padded(day)}.${padded(month)}.${year}`,
];

/** In figures, day or month first: only for days after the 12th, which can be no month. */
const lateDayFormats: readonly DateFormat[] = [
  ({ year, month, day }) => `${day}/${month}/${year}`,
  ({ year, month, day }) => `${padded(month)}/${padded(day)}/${year}`,
  ({ year, month, day }) => `${padded(day)}-${padded(month)}-${year}`,
];

/** How many formats there are, apart from case, commas and abbreviations. */
export const dateFormatCount = writtenFormats.length + yearFirstFormats.length + lateDayFormats.length;

/** The formats in which a day can be written without being mistaken for another. */
function formatsFor({ day }: CalendarDay): readonly DateFormat[] {
  return day > 12
    ? [...writtenFormats, ...yearFirstFormats, ...lateDayFormats]
    : [...writtenFormats, ...yearFirstFormats];
}

/** Writes a day as people do: in one of many formats, at times without its commas, in capitals or without any. */
export function writeDate(date: CalendarDay, generator: Generator): string {
  const written = drawFrom(generator, formatsFor(date))(date, generator);
  const commas = drawTrue(generator, 0.3) ? written.replaceAll(',', '') : written;
  const letters = drawFrom(generator, ['as it is', 'as it is', 'as it is', 'small', 'capital'] as const);
  if (letters === 'as it is') return commas;
  return letters === 'small' ? commas.toLowerCase() : commas.toUpperCase();
}

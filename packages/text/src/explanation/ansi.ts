import { decisiveNgrams } from './decisiveNgrams.ts';
import type { Explanation } from './explanation.ts';
import { branchNames, percent, type Segment, segments, signed } from './segments.ts';

export interface AnsiOptions {
  /** Columns of the terminal. Default 80. */
  readonly width?: number;
  /** Whether to colour; without, words that count are marked with signs. Default true. */
  readonly color?: boolean;
  /** How many n-grams are listed. Default 8. */
  readonly ngrams?: number;
}

/** Blue for the class, orange against it: told apart by the colour-blind, too. From faint to strong, of the 256 colours. */
const shades = { for: [153, 75, 33], against: [223, 215, 208] } as const;
const paint = (background: number, text: string) => `\u001b[48;5;${background};38;5;16m${text}\u001b[0m`;
const bold = (text: string) => `\u001b[1m${text}\u001b[0m`;
const dim = (text: string) => `\u001b[2m${text}\u001b[0m`;

/** How strong a word must be to be marked, and to be painted in each shade. */
const steps = [0.15, 0.4, 0.7];

/**
 * An explanation as lines for a terminal: the class and its probability, the text with the words that count coloured (blue
 * for the class, orange against it), and the n-grams that decided. The text's own control characters are left out.
 *
 * @example
 * ```ts
 * process.stdout.write(explanationToAnsi(explanation, { width: process.stdout.columns, color: process.stdout.hasColors() }));
 * ```
 */
export function explanationToAnsi(explanation: Explanation, options: AnsiOptions = {}): string {
  const { width = 80, color = true, ngrams = 8 } = options;
  const columns = Math.max(20, width);
  const { label, otherLabel, probability, logit, bias, unreadWords } = explanation;
  const style = (f: (text: string) => string, text: string) => (color ? f(text) : text);
  const against = otherLabel ?? 'other classes';
  const lines = [
    `${style(bold, `${printable(label)} ${percent(probability)}`)}  ${style(dim, `logit ${signed(logit)}, of which bias ${signed(bias)}`)}`,
    '',
    ...wrapped(segments(explanation), columns, color),
    '',
  ];
  if (unreadWords > 0) lines.push(style(dim, `the CNN has not read the last ${unreadWords} words`), '');
  const strongest = decisiveNgrams(explanation, ngrams);
  const longest = strongest.reduce((most, { contribution }) => Math.max(most, Math.abs(contribution)), 0) || 1;
  const barWidth = Math.max(4, Math.min(20, Math.floor(columns / 4)));
  for (const { ngram, contribution, branches } of strongest) {
    const length = Math.max(1, Math.round((Math.abs(contribution) / longest) * barWidth));
    const bar = (contribution < 0 ? '▒' : '█').repeat(length).padEnd(barWidth);
    const shade = contribution < 0 ? shades.against[2] : shades.for[2];
    const painted = color ? `\u001b[38;5;${shade}m${bar}\u001b[0m` : bar;
    const source = branches.map((branch) => branchNames[branch]).join(' + ');
    const room = columns - barWidth - 9 - source.length;
    const shown = clipped(printable(ngram), room).padEnd(Math.max(0, Math.min(room, 30)));
    lines.push(`${signed(contribution)} ${painted} ${shown} ${style(dim, source)}`);
  }
  const legend = color
    ? `${paint(shades.for[1], ` for ${printable(label)} `)} ${paint(shades.against[1], ` for ${printable(against)} `)}`
    : `[+] for ${printable(label)}, [-] for ${printable(against)}`;
  return `${[...lines, '', legend].join('\n')}\n`;
}

/** The text in lines of at most `columns`, its words coloured or marked. */
function wrapped(pieces: readonly Segment[], columns: number, color: boolean): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  const flush = () => {
    lines.push(line.trimEnd());
    line = '';
    used = 0;
  };
  // What stands together without a space stays on one line.
  let pending: { plain: number; shown: string } = { plain: 0, shown: '' };
  const place = () => {
    if (pending.plain > 0 && used > 0 && used + pending.plain > columns) flush();
    line += pending.shown;
    used += pending.plain;
    pending = { plain: 0, shown: '' };
  };
  for (const { text, word, strength } of pieces) {
    if (word === undefined) {
      for (const part of printable(text).split(/(\s+)/)) {
        if (part === '') continue;
        if (part.trim() === '') {
          place();
          if (used > 0 && used < columns) {
            line += ' ';
            used++;
          }
        } else pending = { plain: pending.plain + part.length, shown: pending.shown + part };
      }
      continue;
    }
    const clean = printable(text);
    const step = steps.filter((least) => Math.abs(strength) >= least).length;
    const marked = step === 0 || color ? clean : `[${strength < 0 ? '-' : '+'}${clean}]`;
    const shade = step > 0 && (strength < 0 ? shades.against : shades.for)[step - 1];
    // A word longer than a line is cut into lines.
    for (let from = 0; from < marked.length; from += columns) {
      const part = marked.slice(from, from + columns);
      if (from > 0) place();
      pending = {
        plain: pending.plain + part.length,
        shown: pending.shown + (color && shade ? paint(shade, part) : part),
      };
    }
  }
  place();
  if (used > 0) flush();
  return lines;
}

/** Without control characters, which would be orders to the terminal. */
function printable(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, '');
}

const clipped = (text: string, room: number): string =>
  text.length <= room ? text : `${text.slice(0, Math.max(1, room - 1))}…`;

import stringWidth from 'string-width';
import { type Alignment, checkAlignment, strongestColumn, weightAt } from './alignment.ts';

export interface AlignmentTextOptions {
  /** Columns of the terminal; a wider matrix is continued below. Default 80. */
  readonly width?: number;
  /** Whether escape codes for colour may be used. Default false: shades alone. */
  readonly color?: boolean;
}

/** From nothing to everything, in steps of a fifth. */
const shades = [' ', '░', '▒', '▓', '█'] as const;
const cellWidth = 2;
/** Names over the columns are written downwards, at most so many signs of each. */
const tallestName = 14;
const widestName = 20;

/**
 * An alignment matrix as text: a row for each target token, two characters of shade for each source token, whose names are
 * written downwards above, and behind each row the source token that the model looked at most.
 *
 * @throws RangeError if the weights' shape is not that of the tokens.
 *
 * @example
 * ```ts
 * console.log(alignmentText(translation, { width: process.stdout.columns, color: true }));
 * ```
 */
export function alignmentText(alignment: Alignment, { width = 80, color = false }: AlignmentTextOptions = {}): string {
  checkAlignment('alignmentText', alignment);
  const { source, target } = alignment;
  const rowNames = target.map((name) => fit(name, widestName));
  const nameWidth = Math.max(...rowNames.map((name) => stringWidth(name)));
  const notes = target.map((_, row) => {
    const column = strongestColumn(alignment, row);
    return `${Math.round(100 * weightAt(alignment, row, column))}% ${fit(source[column]!, widestName)}`;
  });
  const noteWidth = Math.max(...notes.map((note) => stringWidth(note)));
  const room = Math.floor((width - nameWidth - 2 - noteWidth) / cellWidth);
  const columns = Math.max(4, room);
  const blocks: string[] = [];
  for (let first = 0; first < source.length; first += columns) {
    const last = Math.min(source.length, first + columns);
    const isLast = last === source.length;
    const header = namesDownwards(source.slice(first, last)).map((line) => `${' '.repeat(nameWidth + 1)}${line}`);
    const rows = target.map((_, row) => {
      const strongest = strongestColumn(alignment, row);
      const cells = Array.from({ length: last - first }, (_, at) => {
        const weight = weightAt(alignment, row, first + at);
        return shaded(weight, color, strongest === first + at);
      });
      const note = isLast ? ` ${color ? dim(notes[row]!) : notes[row]}` : '';
      return `${padStart(rowNames[row]!, nameWidth)} ${cells.join('')}${note}`;
    });
    blocks.push([...header, ...rows].map((line) => line.trimEnd()).join('\n'));
  }
  return `${blocks.join('\n\n')}\n`;
}

function shaded(weight: number, color: boolean, isStrongest: boolean): string {
  const step = weight > 0 ? Math.min(shades.length - 1, Math.round(weight * (shades.length - 1))) : 0;
  // A weight that is there is not shown as nothing.
  const shade = (step === 0 && weight >= 0.05 ? shades[1] : shades[step]!).repeat(cellWidth);
  return color && isStrongest ? `\x1b[36m${shade}\x1b[39m` : shade;
}

const dim = (text: string) => `\x1b[2m${text}\x1b[22m`;

/** One line for each row of signs; names end on the line above the matrix. */
function namesDownwards(names: readonly string[]): string[] {
  const signs = names.map((name) => {
    const all = graphemes(printable(name));
    return all.length > tallestName ? [...all.slice(0, tallestName - 1), '…'] : all;
  });
  const height = Math.max(...signs.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    signs
      .map((own) => own[line - (height - own.length)] ?? '')
      .map((sign) => `${sign}${' '.repeat(Math.max(0, cellWidth - stringWidth(sign)))}`)
      .join(''),
  );
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** What people see as one sign each. */
function graphemes(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

/** Control characters would move the cursor; a space would not be seen. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '\ufffd').replace(/^\s+$/u, '␣');
}

/** A name in at most so many columns. */
function fit(name: string, columns: number): string {
  const shown = printable(name);
  if (stringWidth(shown) <= columns) return shown;
  let kept = '';
  for (const sign of graphemes(shown)) {
    if (stringWidth(kept + sign) > columns - 1) break;
    kept += sign;
  }
  return `${kept}…`;
}

function padStart(text: string, columns: number): string {
  return `${' '.repeat(Math.max(0, columns - stringWidth(text)))}${text}`;
}

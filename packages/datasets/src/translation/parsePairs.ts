import { DataError } from '../dataError.ts';
import type { TranslationPair } from './translationPair.ts';

export interface ParsePairsOptions {
  /** Which columns hold source and target, counted from 0; others (licences, numbers) are passed over. Default: `[0, 1]`. */
  readonly columns?: readonly [source: number, target: number] | undefined;
  /** What becomes of lines that hold no pair: an error that names the first of them, or a note of their numbers. Default: `'error'`. */
  readonly malformed?: 'error' | 'skip' | undefined;
  /** How messages call the file. Default: `the file`. */
  readonly path?: string | undefined;
}

export interface ParsedPairs {
  readonly pairs: TranslationPair[];
  /** Numbers, from 1, of the lines that hold no pair and were passed over. */
  readonly malformedLines: readonly number[];
}

/**
 * Reads sentence pairs, one a line, in columns separated by tabs: the PyTorch tutorial's `eng-fra.txt`, the pairs of
 * manythings.org (a third column names the licence), Tatoeba's exports (`columns: [1, 3]`), or any file of that kind.
 *
 * Sentences are trimmed and otherwise left as they are. A byte order mark, Windows' line ends and empty lines are passed over.
 *
 * @param contents the file, in UTF-8
 * @throws {DataError} `wrong-format`, with the line's number, for a line without both columns or with an empty one (unless
 *   they are to be skipped), for bytes that are no UTF-8, and for a file without any pair
 *
 * @example
 * ```ts
 * const { pairs } = parsePairs(new TextEncoder().encode('Go.\tVa !\tCC-BY 2.0\nHi.\tSalut !\tCC-BY 2.0\n'));
 * console.log(pairs[1]); // { source: 'Hi.', target: 'Salut !' }
 * ```
 */
export function parsePairs(contents: Uint8Array, options: ParsePairsOptions = {}): ParsedPairs {
  const { columns = [0, 1], malformed = 'error', path = 'the file' } = options;
  checkColumns(columns);
  const [sourceColumn, targetColumn] = columns;
  const pairs: TranslationPair[] = [];
  const malformedLines: number[] = [];
  let firstProblem = '';
  let number = 0;
  for (const line of lines(decode(contents, path))) {
    number++;
    if (line.trim() === '') continue;
    const cells = line.split('\t');
    const source = cells[sourceColumn]?.trim();
    const target = cells[targetColumn]?.trim();
    if (source && target) {
      pairs.push({ source, target });
      continue;
    }
    if (malformedLines.length === 0) firstProblem = problemOf(cells, columns);
    malformedLines.push(number);
  }
  if (malformed === 'error' && malformedLines.length > 0) {
    const [first, ...others] = malformedLines;
    const more = others.length === 0 ? '' : ` (so are ${others.length} more of its lines)`;
    throw new DataError('wrong-format', `${path}: line ${first} is no sentence pair, ${firstProblem}${more}`, { path });
  }
  if (pairs.length === 0) {
    throw new DataError('wrong-format', `${path} holds no sentence pair: expected two columns separated by a tab`, {
      path,
    });
  }
  return { pairs, malformedLines };
}

function checkColumns(columns: readonly number[]): void {
  const fit = columns.length === 2 && columns.every((column) => Number.isInteger(column) && column >= 0);
  if (!fit || columns[0] === columns[1]) {
    throw new DataError(
      'bad-argument',
      `expected the numbers of two different columns, from 0, got ${columns.join(', ')}`,
    );
  }
}

function problemOf(cells: readonly string[], columns: readonly [number, number]): string {
  const needed = Math.max(...columns) + 1;
  if (cells.length < needed) {
    return `it has ${cells.length} column${cells.length === 1 ? '' : 's'}, expected at least ${needed} separated by tabs`;
  }
  const empty = columns.find((column) => cells[column].trim() === '') as number;
  return `its column ${empty + 1} is empty, expected a sentence`;
}

/** The lines of a text, one at a time: a list of all of them would double the memory. */
function* lines(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    yield text.slice(start, end < 0 ? text.length : end);
    if (end < 0) return;
    start = end + 1;
  }
}

/** Without its byte order mark, which TextDecoder drops. */
function decode(contents: Uint8Array, path: string): string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    return decoder.decode(contents);
  } catch (cause) {
    throw new DataError('wrong-format', `${path}: line ${badLine(contents)} is no UTF-8, expected text in UTF-8`, {
      path,
      cause,
    });
  }
}

/** The number of the first line that is not UTF-8. A line's end is a line's end in any case: no other byte of UTF-8 looks like it. */
function badLine(contents: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 1;
  for (let start = 0; start < contents.length; number++) {
    const end = contents.indexOf(10, start);
    const stop = end < 0 ? contents.length : end;
    try {
      decoder.decode(contents.subarray(start, stop));
    } catch {
      return number;
    }
    start = stop + 1;
  }
  return number;
}

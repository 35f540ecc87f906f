import { DataError } from '../dataError.ts';
import { WordVectors } from './wordVectors.ts';

export interface WordVectorOptions {
  /** Which words' vectors to keep. Default: none but the `first`, or all where `first` is not given either. */
  readonly words?: Iterable<string> | undefined;
  /** Keep the first so many words of the file too (GloVe's are the most frequent ones): for neighbours. */
  readonly first?: number | undefined;
  /** Numbers a word; another dimension is an error. Default: what the first line has. */
  readonly dimension?: number | undefined;
}

const newline = 10;
const carriageReturn = 13;
const space = 32;
/** GloVe's longest line has 3 KB; without an end of line the whole file would be one. */
const maxLineBytes = 1 << 20;
const maxExcerpt = 40;

/**
 * Reads vectors of words as they arrive, one word a line: the word, then its numbers, with spaces between them. Only the
 * rows of wanted words are kept; of all lines the form is checked.
 *
 * Words may hold spaces where what lies between them is no number (GloVe 840B has such). Of a word that stands twice the
 * first counts. A first line of two whole numbers (fastText's: words and dimension) is taken for a heading.
 *
 * @example
 * ```ts
 * const reader = new WordVectorReader('vectors.txt', { words: ['film'] });
 * for await (const chunk of chunks) reader.push(chunk);
 * const vectors = reader.finish();
 * ```
 */
export class WordVectorReader {
  readonly #path: string;
  readonly #wanted: Set<string> | undefined;
  readonly #first: number;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #rows = new Map<string, number>();
  #dimension: number | undefined;
  readonly #expected: number | undefined;
  #vectors = new Float32Array(0);
  #line = 0;
  #words = 0;
  /** A line that has arrived in part: the first {@link #restBytes} of these. */
  #rest = new Uint8Array(0);
  #restBytes = 0;
  /** The heading's count of words, where there is a heading. */
  #promised: number | undefined;

  /**
   * @param path how messages call the file
   * @throws {DataError} `bad-argument`
   */
  constructor(path: string, { words, first, dimension }: WordVectorOptions = {}) {
    for (const [name, value, least] of [['first', first, 0] as const, ['dimension', dimension, 1] as const]) {
      if (value === undefined || value === Number.POSITIVE_INFINITY) continue;
      if (Number.isInteger(value) && value >= least) continue;
      throw new DataError('bad-argument', `expected ${name} to be a whole number of at least ${least}, got ${value}`);
    }
    this.#path = path;
    this.#wanted = words === undefined ? undefined : new Set(words);
    this.#first = first ?? (words === undefined ? Number.POSITIVE_INFINITY : 0);
    this.#expected = dimension;
  }

  /**
   * Takes the next piece of the file.
   *
   * @throws {DataError} `wrong-format`, with the line's number; `too-large` for a line without an end
   */
  push(chunk: Uint8Array): void {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      if (this.#restBytes > 0) {
        this.#hold(chunk.subarray(start, end));
        this.#read(this.#rest.subarray(0, this.#restBytes));
        this.#restBytes = 0;
      } else this.#read(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start));
  }

  /**
   * Ends the file.
   *
   * @throws {DataError} `wrong-format` for an empty file, `truncated` for one with fewer words than its heading says
   */
  finish(): WordVectors {
    if (this.#restBytes > 0) this.#read(this.#rest.subarray(0, this.#restBytes));
    const path = this.#path;
    const dimension = this.#dimension;
    if (dimension === undefined || this.#words === 0) {
      throw new DataError(
        'wrong-format',
        `${path} holds no word vectors: expected a word and its numbers on each line`,
        {
          path,
        },
      );
    }
    if (this.#promised !== undefined && this.#words < this.#promised) {
      const problem = `${path} is truncated: its first line promises ${this.#promised} words, it holds ${this.#words}`;
      throw new DataError('truncated', problem, { path });
    }
    return new WordVectors({
      dimension,
      words: [...this.#rows.keys()],
      vectors: this.#vectors.slice(0, this.#rows.size * dimension),
      missing: [...(this.#wanted ?? [])].filter((word) => !this.#rows.has(word)),
      wordsInFile: this.#words,
    });
  }

  #hold(piece: Uint8Array): void {
    const length = this.#restBytes + piece.length;
    if (length > maxLineBytes) {
      const problem = `${this.#path} has a line ${this.#line + 1} of more than ${maxLineBytes} bytes: expected a word and its numbers`;
      throw new DataError('too-large', problem, { path: this.#path });
    }
    if (length > this.#rest.length) {
      const held = new Uint8Array(Math.max(length, 2 * this.#rest.length));
      held.set(this.#rest.subarray(0, this.#restBytes));
      this.#rest = held;
    }
    this.#rest.set(piece, this.#restBytes);
    this.#restBytes = length;
  }

  #malformed(problem: string): DataError {
    return new DataError('wrong-format', `${this.#path} is malformed in line ${this.#line}: ${problem}`, {
      path: this.#path,
    });
  }

  #read(line: Uint8Array): void {
    this.#line++;
    const end = trimmed(line);
    const spaces = countSpaces(line, end);
    if (this.#dimension === undefined && this.#isHeading(line, end, spaces)) return;
    const dimension = this.#dimension ?? this.#begin(spaces);
    if (spaces < dimension) {
      if (end === 0) throw this.#malformed(`it is empty, expected a word and ${dimension} numbers`);
      throw this.#malformed(`expected a word and ${dimension} numbers, got ${spaces} of them`);
    }
    const wordEnd = spaces === dimension ? line.indexOf(space) : this.#endOfLongWord(line, end, dimension);
    if (wordEnd === 0) throw this.#malformed('its word is empty');
    const word = this.#decode(line.subarray(0, wordEnd));
    this.#words++;
    const isKept = this.#words <= this.#first || this.#wanted?.has(word) === true;
    if (isKept && !this.#rows.has(word)) this.#keep(word, line, wordEnd, end, dimension);
  }

  #isHeading(line: Uint8Array, end: number, spaces: number): boolean {
    if (this.#line > 1 || spaces !== 1) return false;
    const match = /^(\d{1,12}) (\d{1,6})$/.exec(this.#decode(line.subarray(0, end)));
    if (match === null) return false;
    this.#promised = Number(match[1]);
    this.#begin(Number(match[2]));
    return true;
  }

  /** The first line says how many numbers a word has. */
  #begin(dimension: number): number {
    const expected = this.#expected;
    if (expected !== undefined && dimension !== expected && dimension > 0) {
      const problem = `${this.#path} holds vectors of ${dimension} numbers, expected ${expected}`;
      throw new DataError('wrong-format', problem, { path: this.#path });
    }
    if (dimension === 0) throw this.#malformed('expected a word and its numbers, with spaces between them');
    this.#dimension = dimension;
    return dimension;
  }

  /** A word with spaces in it: its numbers are the last ones, and what stands before them must be no number. */
  #endOfLongWord(line: Uint8Array, end: number, dimension: number): number {
    let at = end;
    for (let left = dimension; left > 0; left--) at = line.lastIndexOf(space, at - 1);
    const pieces = this.#decode(line.subarray(0, at)).split(' ');
    const surplus = pieces.slice(1).filter((piece) => toNumber(piece) !== undefined).length;
    if (surplus > 0 || at <= 0) {
      throw this.#malformed(`expected a word and ${dimension} numbers, got ${dimension + surplus} of them`);
    }
    return at;
  }

  #decode(bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes);
    } catch {
      throw this.#malformed('it is not UTF-8');
    }
  }

  #keep(word: string, line: Uint8Array, wordEnd: number, end: number, dimension: number): void {
    const row = this.#rows.size;
    const needed = (row + 1) * dimension;
    if (needed > this.#vectors.length) {
      const larger = new Float32Array(Math.max(needed, 2 * this.#vectors.length));
      larger.set(this.#vectors);
      this.#vectors = larger;
    }
    const numbers = this.#decode(line.subarray(wordEnd + 1, end)).split(' ');
    for (const [i, text] of numbers.entries()) {
      const value = toNumber(text);
      if (value === undefined) {
        throw this.#malformed(`"${text.slice(0, maxExcerpt)}" is no number, expected ${dimension} of them`);
      }
      this.#vectors[row * dimension + i] = value;
    }
    this.#rows.set(word, row);
  }
}

/** Where a line ends without the spaces (fastText's end with one) and the carriage return behind it. */
function trimmed(line: Uint8Array): number {
  let end = line.length;
  while (end > 0 && (line[end - 1] === space || line[end - 1] === carriageReturn)) end--;
  return end;
}

function countSpaces(line: Uint8Array, end: number): number {
  let count = 0;
  for (let at = 0; at < end; at++) if (line[at] === space) count++;
  return count;
}

/** A finite float32 in decimal notation, with or without an exponent. */
function toNumber(text: string): number | undefined {
  // Number() also takes "", " ", "0x10" and "Infinity", which are no numbers of a vector.
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return undefined;
  const value = Math.fround(Number(text));
  return Number.isFinite(value) ? value : undefined;
}

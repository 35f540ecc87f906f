/** Texts as numbers of words: which words there are, and their rows of a table, each handled once however often it stands. */
import { MAX_ROWS } from "./tile";

/**
 * Numbers the distinct words of a text in the order of their first places.
 *
 * @param places for each word of the vocabulary its number, −1 where it does not stand in the text
 * @param words room for as many words as there may be: the word of each number
 * @param numbers for each of the `count` places of the text the number of its word
 * @returns how many there are; −1 − i if the word at place i is not in the vocabulary
 */
export function distinctWords(
  ids: usize,
  count: i32,
  vocabulary: i32,
  places: usize,
  words: usize,
  numbers: usize,
): i32 {
  memory.fill(places, 0xff, (<usize>vocabulary) << 2);
  let distinct = 0;
  for (let i = 0; i < count; i++) {
    const word = load<u32>(ids + ((<usize>i) << 2));
    if (word >= <u32>vocabulary) return -1 - i;
    const place = places + ((<usize>word) << 2);
    let number = load<i32>(place);
    if (number < 0) {
      number = distinct++;
      store<i32>(place, number);
      store<u32>(words + ((<usize>number) << 2), word);
    }
    store<i32>(numbers + ((<usize>i) << 2), number);
  }
  return distinct;
}

/**
 * The rows of a table for `count` words, packed as tiles read them: blocks [begin, end) of MAX_ROWS rows, each block one element
 * of every row after the other.
 */
export function packWords(
  table: usize,
  width: i32,
  words: usize,
  count: i32,
  packed: usize,
  begin: i32,
  end: i32,
): void {
  const rowBytes = (<usize>width) << 2;
  for (let block = begin; block < end; block++) {
    const first = block * MAX_ROWS;
    const rows = min(MAX_ROWS, count - first);
    const step = (<usize>rows) << 2;
    const base = packed + <usize>first * rowBytes;
    for (let row = 0; row < rows; row++) {
      let from = table + <usize>load<u32>(words + ((<usize>(first + row)) << 2)) * rowBytes;
      const stop = from + rowBytes;
      let to = base + ((<usize>row) << 2);
      for (; from < stop; from += 4) {
        store<u32>(to, load<u32>(from));
        to += step;
      }
    }
  }
}

/** The gradient of a table of which few rows have one: those rows alone, and for each row of the table which of them is its. */
import { loadLanes, storeLanes } from "./tile";

/**
 * Numbers the rows that `indices` name, but for `paddingIdx`, in the order of their first places.
 *
 * @param places for each row of the table its number, −1 where it has none
 * @returns how many there are
 */
export function numberRows(indices: usize, count: i32, paddingIdx: i32, tableRows: i32, places: usize): i32 {
  memory.fill(places, 0xff, (<usize>tableRows) << 2);
  let number = 0;
  for (let i = 0; i < count; i++) {
    const row = load<i32>(indices + ((<usize>i) << 2));
    const place = places + ((<usize>row) << 2);
    if (row != paddingIdx && load<i32>(place) < 0) store<i32>(place, number++);
  }
  return number;
}

/**
 * Threads share the rows by their numbers modulo 64, so that each row has one thread and one order of sums, and that the frequent
 * ones, which come first, are dealt evenly.
 */
const SHARES: i32 = 64;

/** Whether the row of this number is in shares [begin, end); −1, no row, never is. */
// @ts-ignore: decorator
@inline
export function isInShares(place: i32, begin: i32, end: i32): bool {
  const share = place & (SHARES - 1);
  return place >= 0 && share >= begin && share < end;
}

/** Writes 0 to the rows of shares [begin, end). */
export function clearShares(rows: usize, number: i32, rowBytes: usize, begin: i32, end: i32): void {
  for (let first = begin; first < number; first += SHARES) {
    memory.fill(rows + <usize>first * rowBytes, 0, <usize>(min(first + end - begin, number) - first) * rowBytes);
  }
}

/**
 * rows[number, width]: the sums of those rows of gradOutput [count, width] that are of one row of the table. Shares [begin, end) of
 * 64.
 */
export function addToRows(
  gradOutput: usize,
  indices: usize,
  count: i32,
  width: i32,
  places: usize,
  number: i32,
  rows: usize,
  begin: i32,
  end: i32,
): void {
  const rowBytes = (<usize>width) << 2;
  clearShares(rows, number, rowBytes, begin, end);
  for (let i = 0; i < count; i++) {
    const row = load<u32>(indices + ((<usize>i) << 2));
    const place = load<i32>(places + ((<usize>row) << 2));
    if (!isInShares(place, begin, end)) continue;
    let from = gradOutput + <usize>i * rowBytes;
    let to = rows + <usize>place * rowBytes;
    let left = width;
    for (; left >= 4; left -= 4) {
      v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
      to += 16;
      from += 16;
    }
    if (left > 0) storeLanes(to, f32x4.add(loadLanes(to, left), loadLanes(from, left)), left);
  }
}

/** Rows [begin, end) of the whole table's gradient: `bytes` bytes each, 0 where a row has none. */
export function spreadRows(rows: usize, places: usize, bytes: usize, to: usize, begin: i32, end: i32): void {
  for (let row = begin; row < end; row++) {
    const place = load<i32>(places + ((<usize>row) << 2));
    if (place < 0) memory.fill(to + <usize>row * bytes, 0, bytes);
    else memory.copy(to + <usize>row * bytes, rows + <usize>place * bytes, bytes);
  }
}

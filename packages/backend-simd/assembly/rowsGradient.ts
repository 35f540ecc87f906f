/** The gradient of a table of which few rows have one: those rows alone, and for each row of the table which of them is its. */

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

/** Columns [begin, end) of rows[number, width]: the sums of those rows of gradOutput [count, width] that are of one row of the table. */
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
  const some = end - begin;
  gradOutput += (<usize>begin) << 2;
  rows += (<usize>begin) << 2;
  for (let row = 0; row < number; row++) memory.fill(rows + <usize>row * rowBytes, 0, (<usize>some) << 2);
  for (let i = 0; i < count; i++) {
    const row = load<u32>(indices + ((<usize>i) << 2));
    const place = load<i32>(places + ((<usize>row) << 2));
    if (place < 0) continue;
    const from = gradOutput + <usize>i * rowBytes;
    const to = rows + <usize>place * rowBytes;
    let at: usize = 0;
    for (let left = some; left >= 4; left -= 4) {
      v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)));
      at += 16;
    }
    for (const stop = (<usize>some) << 2; at < stop; at += 4) store<f32>(to + at, load<f32>(to + at) + load<f32>(from + at));
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

/** Copies between arrangements: transposes, slices, concatenation, padding. Elements of 4 bytes, whatever they mean. */

/**
 * to[j, i] = from[i, j] for one matrix of `rows` × `columns`, in squares of 4 × 4. Rows lie `fromRow` bytes apart, columns, which
 * become rows, `toRow`.
 */
export function transposeMatrix(
  from: usize,
  fromRow: usize,
  to: usize,
  toRow: usize,
  rows: i32,
  columns: i32,
): void {
  if (rows == 1 && toRow == 4) {
    memory.copy(to, from, (<usize>columns) << 2);
    return;
  }
  let i = 0;
  for (; i + 4 <= rows; i += 4) {
    let source = from + <usize>i * fromRow;
    let target = to + ((<usize>i) << 2);
    let j = 0;
    for (; j + 4 <= columns; j += 4) {
      const x0 = v128.load(source);
      const x1 = v128.load(source + fromRow);
      const x2 = v128.load(source + 2 * fromRow);
      const x3 = v128.load(source + 3 * fromRow);
      const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
      const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
      const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
      v128.store(target, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
      v128.store(target + toRow, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
      v128.store(target + 2 * toRow, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
      v128.store(target + 3 * toRow, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
      source += 16;
      target += 4 * toRow;
    }
    for (; j < columns; j++) {
      store<u32>(target, load<u32>(source));
      store<u32>(target, load<u32>(source + fromRow), 4);
      store<u32>(target, load<u32>(source + 2 * fromRow), 8);
      store<u32>(target, load<u32>(source + 3 * fromRow), 12);
      source += 4;
      target += toRow;
    }
  }
  for (; i + 2 <= rows; i += 2) {
    let source = from + <usize>i * fromRow;
    let target = to + ((<usize>i) << 2);
    let j = 0;
    for (; j + 4 <= columns; j += 4) {
      const x0 = v128.load(source);
      const x1 = v128.load(source + fromRow);
      const low = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
      const high = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
      v128.store64_lane(target, low, 0);
      v128.store64_lane(target + toRow, low, 1);
      v128.store64_lane(target + 2 * toRow, high, 0);
      v128.store64_lane(target + 3 * toRow, high, 1);
      source += 16;
      target += 4 * toRow;
    }
    for (; j < columns; j++) {
      store<u32>(target, load<u32>(source));
      store<u32>(target, load<u32>(source + fromRow), 4);
      source += 4;
      target += toRow;
    }
  }
  if (i < rows) {
    let source = from + <usize>i * fromRow;
    let target = to + ((<usize>i) << 2);
    for (let j = 0; j < columns; j++) {
      store<u32>(target, load<u32>(source));
      source += 4;
      target += toRow;
    }
  }
}

/** out[b, j, i] = x[b, i, j] for matrices [begin, end) of `rows` × `columns`. */
export function transposeMatrices(x: usize, out: usize, rows: i32, columns: i32, begin: i32, end: i32): void {
  const rowBytes = (<usize>columns) << 2;
  const outRowBytes = (<usize>rows) << 2;
  const bytes = <usize>rows * rowBytes;
  for (let matrix = begin; matrix < end; matrix++) {
    transposeMatrix(x + <usize>matrix * bytes, rowBytes, out + <usize>matrix * bytes, outRowBytes, rows, columns);
  }
}

/** Runs [begin, end) of `bytes` bytes, `fromStep` and `toStep` bytes apart. */
export function copyRows(
  from: usize,
  fromStep: usize,
  to: usize,
  toStep: usize,
  bytes: usize,
  begin: i32,
  end: i32,
): void {
  from += <usize>begin * fromStep;
  to += <usize>begin * toStep;
  for (let row = begin; row < end; row++) {
    memory.copy(to, from, bytes);
    from += fromStep;
    to += toStep;
  }
}

/**
 * Copies a box of 4-byte elements between two strided layouts. `axes` holds, for each of `rank` axes, three i32: size,
 * stride to read by, stride to write by, in elements. Rows (all axes but the last) [begin, end).
 */
export function copyStrided(from: usize, to: usize, axes: usize, rank: i32, begin: i32, end: i32): void {
  const last = axes + <usize>(rank - 1) * 12;
  const count = load<i32>(last);
  const fromStep = load<i32>(last, 4) << 2;
  const toStep = load<i32>(last, 8) << 2;
  const dense = fromStep == 4 && toStep == 4;
  for (let row = begin; row < end; row++) {
    let rest = row;
    let offsetFrom = 0;
    let offsetTo = 0;
    for (let axis = rank - 2; axis >= 0; axis--) {
      const entry = axes + <usize>axis * 12;
      const size = load<i32>(entry);
      const quotient = rest / size;
      const index = rest - quotient * size;
      rest = quotient;
      offsetFrom += index * load<i32>(entry, 4);
      offsetTo += index * load<i32>(entry, 8);
    }
    let source = from + <usize>(offsetFrom << 2);
    let target = to + <usize>(offsetTo << 2);
    if (dense) {
      memory.copy(target, source, (<usize>count) << 2);
      continue;
    }
    for (let i = 0; i < count; i++) {
      store<u32>(target, load<u32>(source));
      source += fromStep;
      target += toStep;
    }
  }
}

/** out[i] = x[index[i]] for rows of `bytes` bytes. Indices have been checked. */
export function gatherRows(x: usize, indices: usize, out: usize, bytes: usize, begin: i32, end: i32): void {
  out += <usize>begin * bytes;
  for (let i = begin; i < end; i++) {
    memory.copy(out, x + <usize>load<u32>(indices + ((<usize>i) << 2)) * bytes, bytes);
    out += bytes;
  }
}

/** out[index[i]] += x[i] for rows of `count` floats; `out` has `segments` rows. Other indices are passed over. */
export function scatterAddRows(
  x: usize,
  indices: usize,
  out: usize,
  count: i32,
  rows: i32,
  segments: i32,
): void {
  const bytes = (<usize>count) << 2;
  memory.fill(out, 0, <usize>segments * bytes);
  for (let i = 0; i < rows; i++) {
    const index = load<u32>(indices + ((<usize>i) << 2));
    if (index >= <u32>segments) continue;
    let from = x + <usize>i * bytes;
    let to = out + <usize>index * bytes;
    let left = count;
    for (; left >= 4; left -= 4) {
      v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
      from += 16;
      to += 16;
    }
    for (; left > 0; left--) {
      store<f32>(to, load<f32>(to) + load<f32>(from));
      from += 4;
      to += 4;
    }
  }
}

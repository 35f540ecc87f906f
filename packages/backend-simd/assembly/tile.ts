/**
 * The register tile that everything dense rests on: C[ROWS × 8] (+)= Σₖ a[k, row] · b[k, column], its ROWS × 2 vector
 * accumulators all in registers. V8 has 15 on x64: 5 × 2, two of B, one of A and one product fit; a sixth row spills an
 * accumulator, and its way through memory costs more than the row brings (28 instead of 34 GFLOP/s where measured).
 *
 * `ROWS` and `WIDE` are constants where this is inlined, so the branches on them vanish.
 */
import { madd } from "./madd";

/** The most rows that a tile can have. */
export const MAX_ROWS: i32 = 5;

/** How many blocks of at most MAX_ROWS rows `rows` are dealt to. */
// @ts-ignore: decorator
@inline
export function blockCount(rows: i32): i32 {
  return (rows + MAX_ROWS - 1) / MAX_ROWS;
}

/** The first row of block `block` when `rows` are dealt evenly to `blocks` blocks. */
// @ts-ignore: decorator
@inline
export function blockStart(block: i32, rows: i32, blocks: i32): i32 {
  return (block * rows) / blocks;
}

/** Writes the first `count` (1…3) lanes of a vector. */
export function storeLanes(pointer: usize, value: v128, count: i32): void {
  if (count >= 2) {
    v128.store64_lane(pointer, value, 0);
    if (count == 3) v128.store32_lane(pointer + 8, value, 2);
  } else if (count == 1) {
    v128.store32_lane(pointer, value, 0);
  }
}

/** Reads the first `count` (1…3) lanes of a vector; the others are 0. */
// @ts-ignore: decorator
@inline
export function loadLanes(pointer: usize, count: i32): v128 {
  if (count == 1) return v128.load32_zero(pointer);
  let value = v128.load64_zero(pointer);
  if (count == 3) value = v128.load32_lane(pointer + 8, value, 2);
  return value;
}

/** Stores one row of a tile, of which `columns` (1…8) are real; adds to what is there if `accumulate`. */
// @ts-ignore: decorator
@inline
function storeRow(WIDE: bool, c: usize, low: v128, high: v128, columns: i32, accumulate: bool): void {
  if (WIDE && columns == 8) {
    if (accumulate) {
      low = f32x4.add(low, v128.load(c));
      high = f32x4.add(high, v128.load(c, 16));
    }
    v128.store(c, low);
    v128.store(c, high, 16);
  } else {
    storeEdge(c, low, high, columns, accumulate);
  }
}

function storeEdge(c: usize, low: v128, high: v128, columns: i32, accumulate: bool): void {
  if (columns >= 4) {
    if (accumulate) low = f32x4.add(low, v128.load(c));
    v128.store(c, low);
    columns -= 4;
    c += 16;
    low = high;
  }
  if (columns > 0) {
    if (accumulate) low = f32x4.add(low, loadLanes(c, columns));
    storeLanes(c, low, columns);
  }
}

/**
 * One tile. a: row r of step k at `a + k * aStep + 4r`. b: the 8 (4 if not WIDE) columns of step k at `b + k * bStep`, or, if INDIRECT,
 * at `b + i32 at (offsets + 4k)`. Starts from `bias[row]` where `bias` isn't 0.
 */
// @ts-ignore: decorator
@inline
function tile(
  ROWS: i32,
  WIDE: bool,
  INDIRECT: bool,
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  steps: i32,
  c: usize,
  cStep: usize,
  columns: i32,
  bias: usize,
  accumulate: bool,
): void {
  let c00 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c40 = f32x4.splat(0);
  if (bias) {
    c00 = v128.load32_splat(bias);
    if (ROWS > 1) c10 = v128.load32_splat(bias, 4);
    if (ROWS > 2) c20 = v128.load32_splat(bias, 8);
    if (ROWS > 3) c30 = v128.load32_splat(bias, 12);
    if (ROWS > 4) c40 = v128.load32_splat(bias, 16);
  }
  let c01 = c00;
  let c11 = c10;
  let c21 = c20;
  let c31 = c30;
  let c41 = c40;
  const end = INDIRECT ? bStep + ((<usize>steps) << 2) : 0;
  let offsets = INDIRECT ? bStep : 0;
  let left = steps;
  while (INDIRECT ? offsets < end : left > 0) {
    const row = INDIRECT ? b + <usize>load<u32>(offsets) : b;
    const b0 = v128.load(row);
    const b1 = WIDE ? v128.load(row, 16) : b0;
    // Four rows come in one load and four shuffles, which costs V8 fewer instructions than four splatting loads.
    const four = ROWS == 4 ? v128.load(a) : b0;
    let x = ROWS == 4 ? v128.shuffle<f32>(four, four, 0, 0, 0, 0) : v128.load32_splat(a);
    c00 = madd(c00, x, b0);
    if (WIDE) c01 = madd(c01, x, b1);
    if (ROWS > 1) {
      x = ROWS == 4 ? v128.shuffle<f32>(four, four, 1, 1, 1, 1) : v128.load32_splat(a, 4);
      c10 = madd(c10, x, b0);
      if (WIDE) c11 = madd(c11, x, b1);
    }
    if (ROWS > 2) {
      x = ROWS == 4 ? v128.shuffle<f32>(four, four, 2, 2, 2, 2) : v128.load32_splat(a, 8);
      c20 = madd(c20, x, b0);
      if (WIDE) c21 = madd(c21, x, b1);
    }
    if (ROWS > 3) {
      x = ROWS == 4 ? v128.shuffle<f32>(four, four, 3, 3, 3, 3) : v128.load32_splat(a, 12);
      c30 = madd(c30, x, b0);
      if (WIDE) c31 = madd(c31, x, b1);
    }
    if (ROWS > 4) {
      x = v128.load32_splat(a, 16);
      c40 = madd(c40, x, b0);
      if (WIDE) c41 = madd(c41, x, b1);
    }
    a += aStep;
    if (INDIRECT) {
      offsets += 4;
    } else {
      b += bStep;
      left--;
    }
  }
  storeRow(WIDE, c, c00, c01, columns, accumulate);
  if (ROWS > 1) storeRow(WIDE, (c += cStep), c10, c11, columns, accumulate);
  if (ROWS > 2) storeRow(WIDE, (c += cStep), c20, c21, columns, accumulate);
  if (ROWS > 3) storeRow(WIDE, (c += cStep), c30, c31, columns, accumulate);
  if (ROWS > 4) storeRow(WIDE, (c += cStep), c40, c41, columns, accumulate);
}

/**
 * A tile of `rows` (1…MAX_ROWS) × `columns` (1…8), B row after row. Reads whole vectors of B,
 * also past `columns`. Row r starts from `bias[r]` where `bias` isn't 0.
 */
export function denseTile(
  rows: i32,
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  steps: i32,
  c: usize,
  cStep: usize,
  columns: i32,
  bias: usize,
  accumulate: bool,
): void {
  if (columns > 4) {
    if (rows == 5) tile(5, true, false, a, aStep, b, bStep, steps, c, cStep, columns, bias, accumulate);
    else if (rows == 4) tile(4, true, false, a, aStep, b, bStep, steps, c, cStep, columns, bias, accumulate);
    else if (rows == 3) tile(3, true, false, a, aStep, b, bStep, steps, c, cStep, columns, bias, accumulate);
    else if (rows == 2) tile(2, true, false, a, aStep, b, bStep, steps, c, cStep, columns, bias, accumulate);
    else tile(1, true, false, a, aStep, b, bStep, steps, c, cStep, columns, bias, accumulate);
  } else {
    if (rows == 5) tile(5, false, false, a, aStep, b, bStep, steps, c, cStep, columns, bias, accumulate);
    else if (rows == 4) tile(4, false, false, a, aStep, b, bStep, steps, c, cStep, columns, bias, accumulate);
    else if (rows == 3) tile(3, false, false, a, aStep, b, bStep, steps, c, cStep, columns, bias, accumulate);
    else if (rows == 2) tile(2, false, false, a, aStep, b, bStep, steps, c, cStep, columns, bias, accumulate);
    else tile(1, false, false, a, aStep, b, bStep, steps, c, cStep, columns, bias, accumulate);
  }
}

/**
 * A tile whose step k of B starts `offsets[k]` bytes after `b` (a convolution's window: one offset for each weight).
 * Here a's rows lie packed, `rows` floats a step.
 */
export function indirectTile(
  rows: i32,
  a: usize,
  b: usize,
  offsets: usize,
  steps: i32,
  c: usize,
  cStep: usize,
  columns: i32,
  bias: usize,
): void {
  if (columns > 4) {
    if (rows == 5) tile(5, true, true, a, 20, b, offsets, steps, c, cStep, columns, bias, false);
    else if (rows == 4) tile(4, true, true, a, 16, b, offsets, steps, c, cStep, columns, bias, false);
    else if (rows == 3) tile(3, true, true, a, 12, b, offsets, steps, c, cStep, columns, bias, false);
    else if (rows == 2) tile(2, true, true, a, 8, b, offsets, steps, c, cStep, columns, bias, false);
    else tile(1, true, true, a, 4, b, offsets, steps, c, cStep, columns, bias, false);
  } else {
    if (rows == 5) tile(5, false, true, a, 20, b, offsets, steps, c, cStep, columns, bias, false);
    else if (rows == 4) tile(4, false, true, a, 16, b, offsets, steps, c, cStep, columns, bias, false);
    else if (rows == 3) tile(3, false, true, a, 12, b, offsets, steps, c, cStep, columns, bias, false);
    else if (rows == 2) tile(2, false, true, a, 8, b, offsets, steps, c, cStep, columns, bias, false);
    else tile(1, false, true, a, 4, b, offsets, steps, c, cStep, columns, bias, false);
  }
}

/**
 * The tile for what is left of a row when 4 or fewer columns remain: the same columns of two neighbouring rows of pixels
 * at once, so that as many sums are under way as in a tile of 8 columns.
 */
import { madd } from "./madd";
import { storeLanes } from "./tile";

// @ts-ignore: decorator
@inline
function storePart(c: usize, value: v128, columns: i32): void {
  if (columns == 4) v128.store(c, value);
  else storeLanes(c, value, columns);
}

// @ts-ignore: decorator
@inline
function storePair(c: usize, cPair: usize, first: v128, second: v128, columns: i32): void {
  storePart(c, first, columns);
  storePart(c + cPair, second, columns);
}

// @ts-ignore: decorator
@inline
function tile(
  ROWS: i32,
  a: usize,
  b: usize,
  bPair: usize,
  offsets: usize,
  steps: i32,
  c: usize,
  cStep: usize,
  cPair: usize,
  columns: i32,
  bias: usize,
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
  const end = offsets + ((<usize>steps) << 2);
  for (; offsets < end; offsets += 4) {
    const row = b + <usize>load<u32>(offsets);
    const b0 = v128.load(row);
    const b1 = v128.load(row + bPair);
    let x = v128.load32_splat(a);
    c00 = madd(c00, x, b0);
    c01 = madd(c01, x, b1);
    if (ROWS > 1) {
      x = v128.load32_splat(a, 4);
      c10 = madd(c10, x, b0);
      c11 = madd(c11, x, b1);
    }
    if (ROWS > 2) {
      x = v128.load32_splat(a, 8);
      c20 = madd(c20, x, b0);
      c21 = madd(c21, x, b1);
    }
    if (ROWS > 3) {
      x = v128.load32_splat(a, 12);
      c30 = madd(c30, x, b0);
      c31 = madd(c31, x, b1);
    }
    if (ROWS > 4) {
      x = v128.load32_splat(a, 16);
      c40 = madd(c40, x, b0);
      c41 = madd(c41, x, b1);
    }
    a += <usize>(ROWS << 2);
  }
  storePair(c, cPair, c00, c01, columns);
  if (ROWS > 1) storePair((c += cStep), cPair, c10, c11, columns);
  if (ROWS > 2) storePair((c += cStep), cPair, c20, c21, columns);
  if (ROWS > 3) storePair((c += cStep), cPair, c30, c31, columns);
  if (ROWS > 4) storePair((c += cStep), cPair, c40, c41, columns);
}

/**
 * As indirectTile, for 1…4 columns at `b` and at `b + bPair`, which go to `c` and to `c + cPair`. Reads whole vectors of B, also
 * past `columns`.
 */
export function pairTile(
  rows: i32,
  a: usize,
  b: usize,
  bPair: usize,
  offsets: usize,
  steps: i32,
  c: usize,
  cStep: usize,
  cPair: usize,
  columns: i32,
  bias: usize,
): void {
  if (rows == 5) tile(5, a, b, bPair, offsets, steps, c, cStep, cPair, columns, bias);
  else if (rows == 4) tile(4, a, b, bPair, offsets, steps, c, cStep, cPair, columns, bias);
  else if (rows == 3) tile(3, a, b, bPair, offsets, steps, c, cStep, cPair, columns, bias);
  else if (rows == 2) tile(2, a, b, bPair, offsets, steps, c, cStep, cPair, columns, bias);
  else tile(1, a, b, bPair, offsets, steps, c, cStep, cPair, columns, bias);
}

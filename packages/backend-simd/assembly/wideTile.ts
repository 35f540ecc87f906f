/**
 * The tile for few output channels: up to 3 rows × 12 columns. Its 9 sums, 3 vectors of B, one of A and one product fill
 * the registers that V8 has as those of tile.ts do, where 3 × 8 would leave a third of them, and of the arithmetic, idle.
 */
import { madd } from "./madd";

/** The most rows that it can have. */
export const MOST_WIDE_ROWS: i32 = 3;

// @ts-ignore: decorator
@inline
function tile(ROWS: i32, a: usize, b: usize, offsets: usize, steps: i32, c: usize, cStep: usize, bias: usize): void {
  let c00 = bias ? v128.load32_splat(bias) : f32x4.splat(0);
  let c10 = bias && ROWS > 1 ? v128.load32_splat(bias, 4) : f32x4.splat(0);
  let c20 = bias && ROWS > 2 ? v128.load32_splat(bias, 8) : f32x4.splat(0);
  let c01 = c00;
  let c02 = c00;
  let c11 = c10;
  let c12 = c10;
  let c21 = c20;
  let c22 = c20;
  const end = offsets + ((<usize>steps) << 2);
  for (; offsets < end; offsets += 4) {
    const row = b + <usize>load<u32>(offsets);
    const b0 = v128.load(row);
    const b1 = v128.load(row, 16);
    const b2 = v128.load(row, 32);
    let x = v128.load32_splat(a);
    c00 = madd(c00, x, b0);
    c01 = madd(c01, x, b1);
    c02 = madd(c02, x, b2);
    if (ROWS > 1) {
      x = v128.load32_splat(a, 4);
      c10 = madd(c10, x, b0);
      c11 = madd(c11, x, b1);
      c12 = madd(c12, x, b2);
    }
    if (ROWS > 2) {
      x = v128.load32_splat(a, 8);
      c20 = madd(c20, x, b0);
      c21 = madd(c21, x, b1);
      c22 = madd(c22, x, b2);
    }
    a += <usize>(ROWS << 2);
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c02, 32);
  if (ROWS > 1) {
    c += cStep;
    v128.store(c, c10);
    v128.store(c, c11, 16);
    v128.store(c, c12, 32);
  }
  if (ROWS > 2) {
    c += cStep;
    v128.store(c, c20);
    v128.store(c, c21, 16);
    v128.store(c, c22, 32);
  }
}

/** As indirectTile, for `rows` (1…MOST_WIDE_ROWS) × 12 columns. */
export function wideTile(
  rows: i32,
  a: usize,
  b: usize,
  offsets: usize,
  steps: i32,
  c: usize,
  cStep: usize,
  bias: usize,
): void {
  if (rows == 3) tile(3, a, b, offsets, steps, c, cStep, bias);
  else if (rows == 2) tile(2, a, b, offsets, steps, c, cStep, bias);
  else tile(1, a, b, offsets, steps, c, cStep, bias);
}

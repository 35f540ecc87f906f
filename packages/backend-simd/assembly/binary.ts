/**
 * Elementwise functions of two tensors with broadcasting. The host has joined neighbouring axes, so what is left is rows:
 * along a row each operand advances by one element or stays (a broadcast), over the rows by strides.
 */
import { loadLanes, storeLanes } from "./tile";

/** The functions' numbers, for the host too. */
const ADD: i32 = 0;
const SUB: i32 = 1;
const MUL: i32 = 2;
const DIV: i32 = 3;
const MAX: i32 = 4;
const MIN: i32 = 5;
const SQUARED_DIFFERENCE: i32 = 6;

// @ts-ignore: decorator
@inline
function apply(FUNCTION: i32, a: v128, b: v128): v128 {
  if (FUNCTION == ADD) return f32x4.add(a, b);
  if (FUNCTION == SUB) return f32x4.sub(a, b);
  if (FUNCTION == MUL) return f32x4.mul(a, b);
  if (FUNCTION == DIV) return f32x4.div(a, b);
  if (FUNCTION == MAX) return f32x4.max(a, b);
  if (FUNCTION == MIN) return f32x4.min(a, b);
  const d = f32x4.sub(a, b);
  return f32x4.mul(d, d);
}

// @ts-ignore: decorator
@inline
function row(FUNCTION: i32, A_MOVES: bool, B_MOVES: bool, a: usize, b: usize, c: usize, count: i32): void {
  let x = A_MOVES ? f32x4.splat(0) : v128.load32_splat(a);
  let y = B_MOVES ? f32x4.splat(0) : v128.load32_splat(b);
  for (; count >= 4; count -= 4) {
    if (A_MOVES) {
      x = v128.load(a);
      a += 16;
    }
    if (B_MOVES) {
      y = v128.load(b);
      b += 16;
    }
    v128.store(c, apply(FUNCTION, x, y));
    c += 16;
  }
  if (count > 0) {
    if (A_MOVES) x = loadLanes(a, count);
    if (B_MOVES) y = loadLanes(b, count);
    storeLanes(c, apply(FUNCTION, x, y), count);
  }
}

// @ts-ignore: decorator
@inline
function rowOf(FUNCTION: i32, aMoves: bool, bMoves: bool, a: usize, b: usize, c: usize, count: i32): void {
  if (aMoves && bMoves) row(FUNCTION, true, true, a, b, c, count);
  else if (aMoves) row(FUNCTION, true, false, a, b, c, count);
  else row(FUNCTION, false, true, a, b, c, count);
}

function wholeRow(
  operation: i32,
  aMoves: bool,
  bMoves: bool,
  a: usize,
  b: usize,
  c: usize,
  count: i32,
): void {
  if (operation == ADD) rowOf(ADD, aMoves, bMoves, a, b, c, count);
  else if (operation == SUB) rowOf(SUB, aMoves, bMoves, a, b, c, count);
  else if (operation == MUL) rowOf(MUL, aMoves, bMoves, a, b, c, count);
  else if (operation == DIV) rowOf(DIV, aMoves, bMoves, a, b, c, count);
  else if (operation == MAX) rowOf(MAX, aMoves, bMoves, a, b, c, count);
  else if (operation == MIN) rowOf(MIN, aMoves, bMoves, a, b, c, count);
  else rowOf(SQUARED_DIFFERENCE, aMoves, bMoves, a, b, c, count);
}

/** Elements [begin, end) of tensors that are one row. */
export function binaryRow(
  operation: i32,
  aMoves: bool,
  bMoves: bool,
  a: usize,
  b: usize,
  c: usize,
  begin: i32,
  end: i32,
): void {
  const shift = (<usize>begin) << 2;
  wholeRow(operation, aMoves, bMoves, aMoves ? a + shift : a, bMoves ? b + shift : b, c + shift, end - begin);
}

/**
 * Rows [begin, end). `axes` holds, for each of `rank` outer axes, three i32: its size and the strides of a and b in elements.
 * Along the row of `count` elements, a and b advance or not.
 */
export function binaryBroadcast(
  operation: i32,
  aMoves: bool,
  bMoves: bool,
  a: usize,
  b: usize,
  c: usize,
  count: i32,
  axes: usize,
  rank: i32,
  begin: i32,
  end: i32,
): void {
  for (let r = begin; r < end; r++) {
    let rest = r;
    let offsetA = 0;
    let offsetB = 0;
    for (let axis = rank - 1; axis >= 0; axis--) {
      const entry = axes + <usize>axis * 12;
      const size = load<i32>(entry);
      const quotient = rest / size;
      const index = rest - quotient * size;
      rest = quotient;
      offsetA += index * load<i32>(entry, 4);
      offsetB += index * load<i32>(entry, 8);
    }
    wholeRow(
      operation,
      aMoves,
      bMoves,
      a + ((<usize>offsetA) << 2),
      b + ((<usize>offsetB) << 2),
      c + <usize>r * ((<usize>count) << 2),
      count,
    );
  }
}

/**
 * Sums, maxima and minima over one axis of [outer, count, inner]. Sums are taken in float32 vectors over short
 * stretches and between stretches in float64, so that the rounding error stays near float64's whatever the length.
 */
import { loadLanes, storeLanes } from "./tile";

/** The reductions' numbers, for the host too. */
const SUM: i32 = 0;
const MAX: i32 = 1;
const MIN: i32 = 2;

/** Elements that are summed in float32 before the sum goes to float64. */
const STRETCH: i32 = 512;

// @ts-ignore: decorator
@inline
export function addLanes(value: v128): f64 {
  const pairs = f64x2.add(
    f64x2.promote_low_f32x4(value),
    f64x2.promote_low_f32x4(v128.shuffle<f32>(value, value, 2, 3, 2, 3)),
  );
  return f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
}

/** Σ of `count` neighbouring floats. */
export function sumRow(x: usize, count: i32): f64 {
  let total: f64 = 0;
  while (count >= 16) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    const stop = x + ((<usize>(min(count, STRETCH) & ~15)) << 2);
    count -= min(count, STRETCH) & ~15;
    for (; x < stop; x += 64) {
      s0 = f32x4.add(s0, v128.load(x));
      s1 = f32x4.add(s1, v128.load(x, 16));
      s2 = f32x4.add(s2, v128.load(x, 32));
      s3 = f32x4.add(s3, v128.load(x, 48));
    }
    total += addLanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
  }
  for (; count > 0; count--) {
    total += <f64>load<f32>(x);
    x += 4;
  }
  return total;
}

// @ts-ignore: decorator
@inline
function extreme(OPERATION: i32, a: v128, b: v128): v128 {
  return OPERATION == MAX ? f32x4.max(a, b) : f32x4.min(a, b);
}

// @ts-ignore: decorator
@inline
function extremeOfRow(OPERATION: i32, x: usize, count: i32): f32 {
  const worst: f32 = OPERATION == MAX ? -Infinity : Infinity;
  let e0 = f32x4.splat(worst);
  let e1 = e0;
  for (; count >= 8; count -= 8) {
    e0 = extreme(OPERATION, e0, v128.load(x));
    e1 = extreme(OPERATION, e1, v128.load(x, 16));
    x += 32;
  }
  e0 = extreme(OPERATION, e0, e1);
  for (; count > 0; count--) {
    e0 = extreme(OPERATION, e0, v128.load32_splat(x));
    x += 4;
  }
  e0 = extreme(OPERATION, e0, v128.shuffle<f32>(e0, e0, 2, 3, 0, 1));
  e0 = extreme(OPERATION, e0, v128.shuffle<f32>(e0, e0, 1, 0, 3, 2));
  return f32x4.extract_lane(e0, 0);
}

/** The largest of `count` floats, NaN if one is. */
export function maxOfRow(x: usize, count: i32): f32 {
  return extremeOfRow(MAX, x, count);
}

function minOfRow(x: usize, count: i32): f32 {
  return extremeOfRow(MIN, x, count);
}

/** out[row] for rows [begin, end) of `count` floats; sums are divided by `divisor`. */
export function reduceRows(
  operation: i32,
  x: usize,
  out: usize,
  count: i32,
  divisor: f64,
  begin: i32,
  end: i32,
): void {
  const bytes = (<usize>count) << 2;
  for (let row = begin; row < end; row++) {
    const from = x + <usize>row * bytes;
    const to = out + ((<usize>row) << 2);
    if (operation == SUM) store<f32>(to, <f32>(sumRow(from, count) / divisor));
    else if (operation == MAX) store<f32>(to, maxOfRow(from, count));
    else store<f32>(to, minOfRow(from, count));
  }
}

// @ts-ignore: decorator
@inline
function load4(pointer: usize, lanes: i32): v128 {
  return lanes == 4 ? v128.load(pointer) : loadLanes(pointer, lanes);
}

/** Four (or `lanes` < 4) columns summed over `count` rows. */
function sumColumns(x: usize, step: usize, count: i32, lanes: i32, divisor: f64, out: usize): void {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  while (count > 0) {
    const stretch = min(count, STRETCH / 4);
    count -= stretch;
    let s = f32x4.splat(0);
    for (let i = 0; i < stretch; i++) {
      s = f32x4.add(s, load4(x, lanes));
      x += step;
    }
    low = f64x2.add(low, f64x2.promote_low_f32x4(s));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(s, s, 2, 3, 2, 3)));
  }
  const d = f64x2.splat(divisor);
  const result = v128.shuffle<f32>(
    f32x4.demote_f64x2_zero(f64x2.div(low, d)),
    f32x4.demote_f64x2_zero(f64x2.div(high, d)),
    0,
    1,
    4,
    5,
  );
  if (lanes == 4) v128.store(out, result);
  else storeLanes(out, result, lanes);
}

// @ts-ignore: decorator
@inline
function extremeOfColumns(OPERATION: i32, x: usize, step: usize, count: i32, lanes: i32, out: usize): void {
  let e = f32x4.splat(OPERATION == MAX ? -Infinity : Infinity);
  for (let i = 0; i < count; i++) {
    e = extreme(OPERATION, e, load4(x, lanes));
    x += step;
  }
  if (lanes == 4) v128.store(out, e);
  else storeLanes(out, e, lanes);
}

/**
 * out[outer, inner] of x[outer, count, inner] for outer indices [begin, end) and inner ones [columnBegin, columnEnd),
 * inner > 1; sums are divided by `divisor`.
 */
export function reduceColumns(
  operation: i32,
  x: usize,
  out: usize,
  count: i32,
  inner: i32,
  divisor: f64,
  begin: i32,
  end: i32,
  columnBegin: i32,
  columnEnd: i32,
): void {
  const step = (<usize>inner) << 2;
  for (let o = begin; o < end; o++) {
    const from = x + <usize>o * <usize>count * step;
    const to = out + <usize>o * step;
    for (let column = columnBegin; column < columnEnd; column += 4) {
      const lanes = min(4, columnEnd - column);
      const shift = (<usize>column) << 2;
      if (operation == SUM) sumColumns(from + shift, step, count, lanes, divisor, to + shift);
      else if (operation == MAX) extremeOfColumns(MAX, from + shift, step, count, lanes, to + shift);
      else extremeOfColumns(MIN, from + shift, step, count, lanes, to + shift);
    }
  }
}

/** The index (i32) of the first of the largest along each row of `count` floats, for rows [begin, end). */
export function argMaxRows(x: usize, out: usize, count: i32, begin: i32, end: i32): void {
  for (let row = begin; row < end; row++) {
    let at = x + ((<usize>row * <usize>count) << 2);
    let best = load<f32>(at);
    let index = 0;
    for (let i = 1; i < count; i++) {
      at += 4;
      const value = load<f32>(at);
      if (value > best) {
        best = value;
        index = i;
      }
    }
    store<i32>(out + ((<usize>row) << 2), index);
  }
}

/** Comparisons of floats to booleans (one byte each) and selection by booleans. */

/** The comparisons' numbers, for the host too. */
const GREATER: i32 = 0;
const GREATER_EQUAL: i32 = 1;
const LESS: i32 = 2;
const LESS_EQUAL: i32 = 3;
const EQUAL: i32 = 4;
const NOT_EQUAL: i32 = 5;

// @ts-ignore: decorator
@inline
function holds(OPERATION: i32, a: f32, b: f32): bool {
  if (OPERATION == GREATER) return a > b;
  if (OPERATION == GREATER_EQUAL) return a >= b;
  if (OPERATION == LESS) return a < b;
  if (OPERATION == LESS_EQUAL) return a <= b;
  if (OPERATION == EQUAL) return a == b;
  return a != b;
}

// @ts-ignore: decorator
@inline
function compareVectors(OPERATION: i32, a: v128, b: v128): v128 {
  if (OPERATION == GREATER) return f32x4.gt(a, b);
  if (OPERATION == GREATER_EQUAL) return f32x4.ge(a, b);
  if (OPERATION == LESS) return f32x4.lt(a, b);
  if (OPERATION == LESS_EQUAL) return f32x4.le(a, b);
  if (OPERATION == EQUAL) return f32x4.eq(a, b);
  return f32x4.ne(a, b);
}

// @ts-ignore: decorator
@inline
function run(OPERATION: i32, a: usize, b: usize, scalarB: bool, out: usize, count: i32): void {
  const one = i8x16.splat(1);
  const y = v128.load32_splat(b);
  let i = 0;
  for (; i + 16 <= count; i += 16) {
    const b0 = scalarB ? y : v128.load(b);
    const b1 = scalarB ? y : v128.load(b, 16);
    const b2 = scalarB ? y : v128.load(b, 32);
    const b3 = scalarB ? y : v128.load(b, 48);
    const low = i16x8.narrow_i32x4_s(
      compareVectors(OPERATION, v128.load(a), b0),
      compareVectors(OPERATION, v128.load(a, 16), b1),
    );
    const high = i16x8.narrow_i32x4_s(
      compareVectors(OPERATION, v128.load(a, 32), b2),
      compareVectors(OPERATION, v128.load(a, 48), b3),
    );
    v128.store(out, v128.and(i8x16.narrow_i16x8_s(low, high), one));
    a += 64;
    if (!scalarB) b += 64;
    out += 16;
  }
  for (; i < count; i++) {
    store<u8>(out, holds(OPERATION, load<f32>(a), load<f32>(b)) ? 1 : 0);
    a += 4;
    if (!scalarB) b += 4;
    out++;
  }
}

/** out[i] = a[i] ∘ b[i], or a[i] ∘ b[0] if `scalarB`, for elements [begin, end). */
export function compare(
  operation: i32,
  a: usize,
  b: usize,
  scalarB: bool,
  out: usize,
  begin: i32,
  end: i32,
): void {
  const count = end - begin;
  a += (<usize>begin) << 2;
  if (!scalarB) b += (<usize>begin) << 2;
  out += <usize>begin;
  if (operation == GREATER) run(GREATER, a, b, scalarB, out, count);
  else if (operation == GREATER_EQUAL) run(GREATER_EQUAL, a, b, scalarB, out, count);
  else if (operation == LESS) run(LESS, a, b, scalarB, out, count);
  else if (operation == LESS_EQUAL) run(LESS_EQUAL, a, b, scalarB, out, count);
  else if (operation == EQUAL) run(EQUAL, a, b, scalarB, out, count);
  else run(NOT_EQUAL, a, b, scalarB, out, count);
}

/** out[i] = condition[i] ? a[i] : b[i] for runs [begin, end) of `run` elements that share a condition. */
export function select(condition: usize, a: usize, b: usize, out: usize, run: i32, begin: i32, end: i32): void {
  if (run == 1) {
    for (let i = begin; i < end; i++) {
      const at = (<usize>i) << 2;
      const x = load<u32>(a + at);
      const y = load<u32>(b + at);
      store<u32>(out + at, load<u8>(condition + <usize>i) ? x : y);
    }
    return;
  }
  const bytes = (<usize>run) << 2;
  for (let i = begin; i < end; i++) {
    const at = <usize>i * bytes;
    memory.copy(out + at, (load<u8>(condition + <usize>i) ? a : b) + at, bytes);
  }
}

/** x · a + b: one instruction where this is compiled with relaxed SIMD, two where it is not. */
// @ts-ignore: decorator
@inline
function step(x: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(x, a, b);
  return f32x4.add(f32x4.mul(x, a), b);
}

/**
 * Twelve chains of x ← x · a + b, all in registers and none waiting for another, for so many rounds: 12 · 4 · 2 floating-point
 * operations a round. Twelve, since a multiplication and an addition that wait for each other take 6 to 8 cycles (a fused
 * one 4), and today's cores begin up to two of each in a cycle. The chains end at b / (1 − a) and stay there.
 */
export function multiplyAdd(rounds: i32): f32 {
  const a = f32x4.splat(0.5);
  const b = f32x4.splat(0.25);
  let x0 = f32x4.splat(0);
  let x1 = f32x4.splat(1);
  let x2 = f32x4.splat(2);
  let x3 = f32x4.splat(3);
  let x4 = f32x4.splat(4);
  let x5 = f32x4.splat(5);
  let x6 = f32x4.splat(6);
  let x7 = f32x4.splat(7);
  let x8 = f32x4.splat(8);
  let x9 = f32x4.splat(9);
  let x10 = f32x4.splat(10);
  let x11 = f32x4.splat(11);
  for (; rounds > 0; rounds--) {
    x0 = step(x0, a, b);
    x1 = step(x1, a, b);
    x2 = step(x2, a, b);
    x3 = step(x3, a, b);
    x4 = step(x4, a, b);
    x5 = step(x5, a, b);
    x6 = step(x6, a, b);
    x7 = step(x7, a, b);
    x8 = step(x8, a, b);
    x9 = step(x9, a, b);
    x10 = step(x10, a, b);
    x11 = step(x11, a, b);
  }
  const low = f32x4.add(f32x4.add(f32x4.add(x0, x1), f32x4.add(x2, x3)), f32x4.add(x4, x5));
  const high = f32x4.add(f32x4.add(f32x4.add(x6, x7), f32x4.add(x8, x9)), f32x4.add(x10, x11));
  return f32x4.extract_lane(f32x4.add(low, high), 0) / 12;
}


/**
 * acc + a * b. One fused instruction where the module is compiled with relaxed SIMD, a multiplication and an
 * addition (two roundings) where it is not.
 */
// @ts-ignore: decorator
@inline
export function madd(acc: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, acc);
  return f32x4.add(acc, f32x4.mul(a, b));
}

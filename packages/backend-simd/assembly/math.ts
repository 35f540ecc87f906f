/**
 * exp, log, tanh, the logistic and the error function, four at a time, to within about 2 units in the last place.
 * Polynomials: Cephes (S. Moshier), the single-precision functions expf, logf, tanhf, erff, erfcf.
 */

const LN2_HIGH: f32 = 0.693359375; // its product with an integer below 2¹⁴ is exact
const LN2_LOW: f32 = -2.12194440e-4;

/** 2ⁿ · x for whole n in −252…256, in two factors, so that subnormal results and 2¹²⁸ are reached. */
// @ts-ignore: decorator
@inline
function scaleByPower(x: v128, n: v128): v128 {
  const half = i32x4.shr_s(n, 1);
  const rest = i32x4.sub(n, half);
  const first = i32x4.shl(i32x4.add(half, i32x4.splat(127)), 23);
  const second = i32x4.shl(i32x4.add(rest, i32x4.splat(127)), 23);
  return f32x4.mul(f32x4.mul(x, first), second);
}

/** eˣ: x = n·ln 2 + r with |r| ≤ ½ ln 2, eʳ by a polynomial. NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function expVector(input: v128): v128 {
  // Beyond these the result is 0 or ∞ anyway. pmin and pmax hand NaN on in this order of arguments.
  const x = f32x4.pmax(f32x4.pmin(input, f32x4.splat(89)), f32x4.splat(-104));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(LN2_HIGH)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(LN2_LOW)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r);
  return scaleByPower(f32x4.add(p, f32x4.splat(1)), i32x4.trunc_sat_f32x4_s(n));
}

/** ln x: x = 2ᵉ·m with √½ ≤ m < √2, ln m by a polynomial in m − 1. ln 0 = −∞, ln of a negative number is NaN. */
// @ts-ignore: decorator
@inline
export function logVector(x: v128): v128 {
  const subnormal = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, subnormal);
  let e = i32x4.sub(
    i32x4.sub(i32x4.shr_s(scaled, 23), i32x4.splat(126)),
    v128.and(subnormal, i32x4.splat(23)),
  );
  let m = v128.or(v128.and(scaled, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const small = f32x4.lt(m, f32x4.splat(0.707106781186547524));
  e = i32x4.add(e, small);
  m = f32x4.sub(f32x4.add(m, v128.and(m, small)), f32x4.splat(1));
  const exponent = f32x4.convert_i32x4_s(e);
  const z = f32x4.mul(m, m);
  let p = f32x4.splat(7.0376836292e-2);
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(-1.1514610310e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(1.1676998740e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(-1.2420140846e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(1.4249322787e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(-1.6668057665e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(2.0000714765e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(-2.4999993993e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(3.3333331174e-1));
  let y = f32x4.mul(f32x4.mul(p, m), z);
  y = f32x4.add(y, f32x4.mul(exponent, f32x4.splat(LN2_LOW)));
  y = f32x4.sub(y, f32x4.mul(z, f32x4.splat(0.5)));
  y = f32x4.add(f32x4.add(m, y), f32x4.mul(exponent, f32x4.splat(LN2_HIGH)));
  const infinity = f32x4.splat(Infinity);
  y = v128.bitselect(infinity, y, f32x4.eq(x, infinity));
  y = v128.bitselect(f32x4.splat(-Infinity), y, f32x4.eq(x, f32x4.splat(0)));
  // Negative or NaN.
  return v128.bitselect(y, f32x4.splat(NaN), f32x4.ge(x, f32x4.splat(0)));
}

/** tanh x: a polynomial near 0, elsewhere 1 − 2 / (e²ˣ + 1). */
// @ts-ignore: decorator
@inline
export function tanhVector(x: v128): v128 {
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const size = f32x4.abs(x);
  const z = f32x4.mul(x, x);
  let p = f32x4.splat(-5.70498872745e-3);
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(2.06390887954e-2));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-5.37397155531e-2));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.33314422036e-1));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-3.33332819422e-1));
  const near = f32x4.add(f32x4.mul(f32x4.mul(p, z), x), x);
  const power = expVector(f32x4.add(size, size));
  const one = f32x4.splat(1);
  const far = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(power, one)));
  return v128.bitselect(near, v128.or(far, sign), f32x4.lt(size, f32x4.splat(0.625)));
}

/** 1 / (1 + e⁻ˣ), by e^−|x|, which can't overflow. */
// @ts-ignore: decorator
@inline
export function sigmoidVector(x: v128): v128 {
  const one = f32x4.splat(1);
  const power = expVector(f32x4.neg(f32x4.abs(x)));
  const top = v128.bitselect(power, one, f32x4.lt(x, f32x4.splat(0)));
  return f32x4.div(top, f32x4.add(one, power));
}

/** ln(1 + x), also where 1 + x rounds to 1: the logarithm, and what rounding did to its argument. */
// @ts-ignore: decorator
@inline
export function log1pVector(x: v128): v128 {
  const one = f32x4.splat(1);
  const sum = f32x4.add(one, x);
  const rounded = f32x4.sub(sum, one);
  const y = f32x4.mul(logVector(sum), f32x4.div(x, rounded));
  return v128.bitselect(x, y, f32x4.eq(rounded, f32x4.splat(0)));
}

/** erf x for |x| < 1. */
// @ts-ignore: decorator
@inline
function erfNearZero(x: v128): v128 {
  const z = f32x4.mul(x, x);
  let p = f32x4.splat(7.853861353153693e-5);
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-8.010193625184903e-4));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(5.188327685732524e-3));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-2.685381193529856e-2));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.128358514861418e-1));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-3.761262582423300e-1));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.128379165726710));
  return f32x4.mul(x, p);
}

/** 1 − erf x for x ≥ 1, given e^(−x²). */
// @ts-ignore: decorator
@inline
function erfcFar(x: v128, power: v128): v128 {
  const q = f32x4.div(f32x4.splat(1), x);
  const y = f32x4.mul(q, q);
  let a = f32x4.splat(2.326819970068386e-2);
  a = f32x4.add(f32x4.mul(a, y), f32x4.splat(-1.387039388740657e-1));
  a = f32x4.add(f32x4.mul(a, y), f32x4.splat(3.687424674597105e-1));
  a = f32x4.add(f32x4.mul(a, y), f32x4.splat(-5.824733027278666e-1));
  a = f32x4.add(f32x4.mul(a, y), f32x4.splat(6.210004621745983e-1));
  a = f32x4.add(f32x4.mul(a, y), f32x4.splat(-4.944515323274145e-1));
  a = f32x4.add(f32x4.mul(a, y), f32x4.splat(3.404879937665872e-1));
  a = f32x4.add(f32x4.mul(a, y), f32x4.splat(-2.741127028184656e-1));
  a = f32x4.add(f32x4.mul(a, y), f32x4.splat(5.638259427386472e-1));
  let b = f32x4.splat(-1.047766399936249e1);
  b = f32x4.add(f32x4.mul(b, y), f32x4.splat(1.297719955372516e1));
  b = f32x4.add(f32x4.mul(b, y), f32x4.splat(-7.495518717768503));
  b = f32x4.add(f32x4.mul(b, y), f32x4.splat(2.921019019210786));
  b = f32x4.add(f32x4.mul(b, y), f32x4.splat(-1.015265279202700));
  b = f32x4.add(f32x4.mul(b, y), f32x4.splat(4.218463358204948e-1));
  b = f32x4.add(f32x4.mul(b, y), f32x4.splat(-2.820767439740514e-1));
  b = f32x4.add(f32x4.mul(b, y), f32x4.splat(5.641895067754075e-1));
  return f32x4.mul(f32x4.mul(power, q), v128.bitselect(a, b, f32x4.lt(x, f32x4.splat(2))));
}

/** erf x = (2/√π)∫₀ˣ e^(−t²) dt. */
// @ts-ignore: decorator
@inline
export function erfVector(x: v128): v128 {
  const size = f32x4.abs(x);
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const far = f32x4.sub(f32x4.splat(1), erfcFar(size, expVector(f32x4.neg(f32x4.mul(x, x)))));
  return v128.bitselect(erfNearZero(x), v128.or(far, sign), f32x4.lt(size, f32x4.splat(1)));
}

/** The standard normal distribution Φ(√2·x) = (1 + erf x)/2, with its digits in the left tail too, given e^(−x²). */
// @ts-ignore: decorator
@inline
export function normalVector(x: v128, power: v128): v128 {
  const one = f32x4.splat(1);
  const half = f32x4.splat(0.5);
  const size = f32x4.abs(x);
  const tail = f32x4.mul(erfcFar(size, power), half);
  const far = v128.bitselect(f32x4.sub(one, tail), tail, f32x4.gt(x, f32x4.splat(0)));
  return v128.bitselect(f32x4.mul(f32x4.add(one, erfNearZero(x)), half), far, f32x4.lt(size, one));
}

// @ts-ignore: decorator
@inline
export function expScalar(x: f32): f32 {
  return f32x4.extract_lane(expVector(f32x4.splat(x)), 0);
}

// @ts-ignore: decorator
@inline
export function logScalar(x: f32): f32 {
  return f32x4.extract_lane(logVector(f32x4.splat(x)), 0);
}

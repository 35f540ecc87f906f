/** The Gaussian error linear unit x·Φ(x), exact and by tanh, and its derivatives. */
import { expVector, normalVector, tanhVector } from "./math";

const ROOT_HALF: f32 = 0.7071067811865476;
/** 1/√(2π), the normal density at 0. */
const DENSITY: f32 = 0.3989422804014327;
/** √(2/π) */
const TANH_SCALE: f32 = 0.7978845608028654;
const CUBIC: f32 = 0.044715;

// @ts-ignore: decorator
@inline
function minusHalfSquare(x: v128): v128 {
  return f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5));
}

// @ts-ignore: decorator
@inline
export function gelu(x: v128): v128 {
  return f32x4.mul(x, normalVector(f32x4.mul(x, f32x4.splat(ROOT_HALF)), expVector(minusHalfSquare(x))));
}

/** Φ(x) + x·φ(x), φ the normal density. */
// @ts-ignore: decorator
@inline
export function geluSlope(x: v128): v128 {
  const power = expVector(minusHalfSquare(x));
  const distribution = normalVector(f32x4.mul(x, f32x4.splat(ROOT_HALF)), power);
  return f32x4.add(distribution, f32x4.mul(x, f32x4.mul(power, f32x4.splat(DENSITY))));
}

/** tanh(√(2/π)·(x + 0.044715x³)) */
// @ts-ignore: decorator
@inline
function tanhOfCubic(x: v128): v128 {
  const cubic = f32x4.add(f32x4.mul(f32x4.mul(x, x), f32x4.splat(CUBIC)), f32x4.splat(1));
  return tanhVector(f32x4.mul(f32x4.mul(x, f32x4.splat(TANH_SCALE)), cubic));
}

// @ts-ignore: decorator
@inline
export function geluTanh(x: v128): v128 {
  return f32x4.mul(x, f32x4.mul(f32x4.add(tanhOfCubic(x), f32x4.splat(1)), f32x4.splat(0.5)));
}

// @ts-ignore: decorator
@inline
export function geluTanhSlope(x: v128): v128 {
  const one = f32x4.splat(1);
  const t = tanhOfCubic(x);
  const distribution = f32x4.mul(f32x4.add(t, one), f32x4.splat(0.5));
  const inner = f32x4.add(f32x4.mul(f32x4.mul(x, x), f32x4.splat(3 * CUBIC)), one);
  const slope = f32x4.mul(f32x4.sub(one, f32x4.mul(t, t)), f32x4.mul(inner, f32x4.splat(TANH_SCALE / 2)));
  return f32x4.add(distribution, f32x4.mul(x, slope));
}

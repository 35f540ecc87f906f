/** Elementwise functions of one tensor: elements [begin, end) of y = f(x). */
import { gelu, geluTanh } from "./gelu";
import { erfVector, expVector, logVector, sigmoidVector, tanhVector } from "./math";
import { loadLanes, storeLanes } from "./tile";

/** The functions' numbers, for the host too. */
const RELU: i32 = 0;
const LEAKY_RELU: i32 = 1;
const STEP: i32 = 2;
const SIGMOID: i32 = 3;
const TANH: i32 = 4;
const EXP: i32 = 5;
const LOG: i32 = 6;
const SQRT: i32 = 7;
const RSQRT: i32 = 8;
const SQUARE: i32 = 9;
const NEG: i32 = 10;
const ABS: i32 = 11;
const RELU6: i32 = 12;
const RECIPROCAL: i32 = 13;
const CUBE: i32 = 14;
const ERF: i32 = 15;
const SILU: i32 = 16;
const GELU: i32 = 17;
const GELU_TANH: i32 = 18;

/** max(0, x); NaN stays NaN, and −0 becomes 0. Two instructions, where f32x4.max takes V8 seven. */
// @ts-ignore: decorator
@inline
export function rectified(x: v128): v128 {
  const zero = f32x4.splat(0);
  return f32x4.add(f32x4.pmax(x, zero), zero);
}

/** x = max(0, x) for `count` numbers. */
export function rectify(x: usize, count: i32): void {
  run(RELU, x, x, 0, 0, count);
}

// @ts-ignore: decorator
@inline
function apply(FUNCTION: i32, x: v128, alpha: v128): v128 {
  const zero = f32x4.splat(0);
  if (FUNCTION == RELU) return rectified(x);
  if (FUNCTION == LEAKY_RELU) return v128.bitselect(f32x4.mul(alpha, x), x, f32x4.lt(x, zero));
  if (FUNCTION == STEP) {
    const y = v128.bitselect(f32x4.splat(1), alpha, f32x4.gt(x, zero));
    return v128.bitselect(y, x, f32x4.eq(x, x));
  }
  if (FUNCTION == SIGMOID) return sigmoidVector(x);
  if (FUNCTION == TANH) return tanhVector(x);
  if (FUNCTION == EXP) return expVector(x);
  if (FUNCTION == LOG) return logVector(x);
  if (FUNCTION == SQRT) return f32x4.sqrt(x);
  if (FUNCTION == RSQRT) return f32x4.div(f32x4.splat(1), f32x4.sqrt(x));
  if (FUNCTION == SQUARE) return f32x4.mul(x, x);
  if (FUNCTION == NEG) return f32x4.neg(x);
  if (FUNCTION == ABS) return f32x4.abs(x);
  if (FUNCTION == RELU6) return f32x4.min(f32x4.max(zero, x), f32x4.splat(6));
  if (FUNCTION == RECIPROCAL) return f32x4.div(f32x4.splat(1), x);
  if (FUNCTION == ERF) return erfVector(x);
  if (FUNCTION == SILU) return f32x4.mul(x, sigmoidVector(x));
  if (FUNCTION == GELU) return gelu(x);
  if (FUNCTION == GELU_TANH) return geluTanh(x);
  return f32x4.mul(f32x4.mul(x, x), x);
}

// @ts-ignore: decorator
@inline
function run(FUNCTION: i32, x: usize, y: usize, alpha: f32, begin: i32, end: i32): void {
  const parameter = f32x4.splat(alpha);
  const shift = (<usize>begin) << 2;
  x += shift;
  y += shift;
  let left = end - begin;
  for (; left >= 4; left -= 4) {
    v128.store(y, apply(FUNCTION, v128.load(x), parameter));
    x += 16;
    y += 16;
  }
  if (left > 0) storeLanes(y, apply(FUNCTION, loadLanes(x, left), parameter), left);
}

export function unary(operation: i32, x: usize, y: usize, alpha: f32, begin: i32, end: i32): void {
  if (operation == RELU) run(RELU, x, y, alpha, begin, end);
  else if (operation == LEAKY_RELU) run(LEAKY_RELU, x, y, alpha, begin, end);
  else if (operation == STEP) run(STEP, x, y, alpha, begin, end);
  else if (operation == SIGMOID) run(SIGMOID, x, y, alpha, begin, end);
  else if (operation == TANH) run(TANH, x, y, alpha, begin, end);
  else if (operation == EXP) run(EXP, x, y, alpha, begin, end);
  else if (operation == LOG) run(LOG, x, y, alpha, begin, end);
  else if (operation == SQRT) run(SQRT, x, y, alpha, begin, end);
  else if (operation == RSQRT) run(RSQRT, x, y, alpha, begin, end);
  else if (operation == SQUARE) run(SQUARE, x, y, alpha, begin, end);
  else if (operation == NEG) run(NEG, x, y, alpha, begin, end);
  else if (operation == ABS) run(ABS, x, y, alpha, begin, end);
  else if (operation == RELU6) run(RELU6, x, y, alpha, begin, end);
  else if (operation == RECIPROCAL) run(RECIPROCAL, x, y, alpha, begin, end);
  else if (operation == ERF) run(ERF, x, y, alpha, begin, end);
  else if (operation == SILU) run(SILU, x, y, alpha, begin, end);
  else if (operation == GELU) run(GELU, x, y, alpha, begin, end);
  else if (operation == GELU_TANH) run(GELU_TANH, x, y, alpha, begin, end);
  else run(CUBE, x, y, alpha, begin, end);
}

/** gradInput = gradOutput where the output of a ReLU is above 0 or NaN, else 0; elements [begin, end). */
export function reluBackward(gradOutput: usize, output: usize, gradInput: usize, begin: i32, end: i32): void {
  const zero = f32x4.splat(0);
  let at = (<usize>begin) << 2;
  let left = end - begin;
  for (; left >= 4; left -= 4) {
    v128.store(gradInput + at, v128.andnot(v128.load(gradOutput + at), f32x4.le(v128.load(output + at), zero)));
    at += 16;
  }
  for (; left > 0; left--) {
    store<f32>(gradInput + at, load<f32>(output + at) <= 0 ? 0 : load<f32>(gradOutput + at));
    at += 4;
  }
}

/** Gradients of activations: elements [begin, end) of gradInput = gradOutput · f′, f′ by the activation's input x or output y. */
import { geluSlope, geluTanhSlope } from "./gelu";
import { sigmoidVector } from "./math";
import { loadLanes, storeLanes } from "./tile";

/** The activations' numbers, for the host too. */
const SIGMOID: i32 = 0;
const TANH: i32 = 1;
const LEAKY_RELU: i32 = 2;
const SILU: i32 = 3;
const GELU: i32 = 4;
const GELU_TANH: i32 = 5;

/** By y for the first two, else by x. */
// @ts-ignore: decorator
@inline
function gradient(FUNCTION: i32, g: v128, saved: v128, alpha: v128): v128 {
  const one = f32x4.splat(1);
  if (FUNCTION == SIGMOID) return f32x4.mul(g, f32x4.mul(f32x4.sub(one, saved), saved));
  if (FUNCTION == TANH) return f32x4.mul(g, f32x4.sub(one, f32x4.mul(saved, saved)));
  if (FUNCTION == LEAKY_RELU) {
    return v128.bitselect(g, f32x4.mul(g, alpha), f32x4.gt(saved, f32x4.splat(0)));
  }
  if (FUNCTION == SILU) {
    const s = sigmoidVector(saved);
    return f32x4.mul(g, f32x4.mul(s, f32x4.add(one, f32x4.mul(saved, f32x4.sub(one, s)))));
  }
  return f32x4.mul(g, FUNCTION == GELU ? geluSlope(saved) : geluTanhSlope(saved));
}

// @ts-ignore: decorator
@inline
function run(FUNCTION: i32, g: usize, saved: usize, out: usize, alpha: f32, begin: i32, end: i32): void {
  const slope = f32x4.splat(alpha);
  let at = (<usize>begin) << 2;
  let left = end - begin;
  for (; left >= 4; left -= 4) {
    v128.store(out + at, gradient(FUNCTION, v128.load(g + at), v128.load(saved + at), slope));
    at += 16;
  }
  if (left > 0) {
    storeLanes(out + at, gradient(FUNCTION, loadLanes(g + at, left), loadLanes(saved + at, left), slope), left);
  }
}

export function activationBackward(
  activation: i32,
  gradOutput: usize,
  saved: usize,
  gradInput: usize,
  alpha: f32,
  begin: i32,
  end: i32,
): void {
  if (activation == SIGMOID) run(SIGMOID, gradOutput, saved, gradInput, alpha, begin, end);
  else if (activation == TANH) run(TANH, gradOutput, saved, gradInput, alpha, begin, end);
  else if (activation == LEAKY_RELU) run(LEAKY_RELU, gradOutput, saved, gradInput, alpha, begin, end);
  else if (activation == SILU) run(SILU, gradOutput, saved, gradInput, alpha, begin, end);
  else if (activation == GELU) run(GELU, gradOutput, saved, gradInput, alpha, begin, end);
  else run(GELU_TANH, gradOutput, saved, gradInput, alpha, begin, end);
}

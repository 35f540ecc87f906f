/** Losses between two tensors, element by element, and their gradients by the first: elements [begin, end). */
import { log1pVector, logVector, expVector, sigmoidVector } from "./math";
import { loadLanes, storeLanes } from "./tile";

/** The losses' numbers, for the host too. */
const SMOOTH_L1: i32 = 0;
const BINARY_CROSS_ENTROPY: i32 = 1;
const BINARY_CROSS_ENTROPY_WITH_LOGITS: i32 = 2;

// @ts-ignore: decorator
@inline
function load4(pointer: usize, lanes: i32): v128 {
  return lanes == 4 ? v128.load(pointer) : loadLanes(pointer, lanes);
}

/** ln x, −100 where it is less; of NaN it is NaN. */
// @ts-ignore: decorator
@inline
function clamped(log: v128): v128 {
  return f32x4.max(log, f32x4.splat(-100));
}

/** `p` is β of smooth L1, and the positive weight of the binary cross-entropy of logits. */
// @ts-ignore: decorator
@inline
function loss(LOSS: i32, x: v128, y: v128, p: v128): v128 {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  if (LOSS == SMOOTH_L1) {
    const d = f32x4.abs(f32x4.sub(x, y));
    const half = f32x4.mul(p, f32x4.splat(0.5));
    // β = 0 leaves no parabola: nothing is less.
    const parabola = f32x4.div(f32x4.mul(f32x4.mul(d, d), f32x4.splat(0.5)), p);
    return v128.bitselect(parabola, f32x4.sub(d, half), f32x4.lt(d, p));
  }
  const rest = f32x4.sub(one, y);
  if (LOSS == BINARY_CROSS_ENTROPY) {
    const own = f32x4.mul(y, clamped(logVector(x)));
    return f32x4.neg(f32x4.add(own, f32x4.mul(rest, clamped(log1pVector(f32x4.neg(x))))));
  }
  const softplus = f32x4.add(f32x4.max(f32x4.neg(x), zero), log1pVector(expVector(f32x4.neg(f32x4.abs(x)))));
  const positives = f32x4.add(one, f32x4.mul(f32x4.sub(p, one), y));
  return f32x4.add(f32x4.mul(rest, x), f32x4.mul(positives, softplus));
}

// @ts-ignore: decorator
@inline
function slope(LOSS: i32, x: v128, y: v128, p: v128): v128 {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  if (LOSS == SMOOTH_L1) {
    const d = f32x4.sub(x, y);
    const line = f32x4.min(f32x4.max(f32x4.div(d, p), f32x4.splat(-1)), one);
    // 0/0 where β is 0 and both are equal.
    return v128.bitselect(zero, line, f32x4.eq(d, zero));
  }
  if (LOSS == BINARY_CROSS_ENTROPY) {
    const spread = f32x4.max(f32x4.mul(x, f32x4.sub(one, x)), f32x4.splat(1e-12));
    return f32x4.div(f32x4.sub(x, y), spread);
  }
  const weighed = f32x4.mul(p, y);
  return f32x4.sub(f32x4.mul(f32x4.add(weighed, f32x4.sub(one, y)), sigmoidVector(x)), weighed);
}

/** `g` is 0 for the loss itself. The numbers p lie side by side (`pMoves`), or there is one for all. */
// @ts-ignore: decorator
@inline
function run(LOSS: i32, g: usize, x: usize, y: usize, p: usize, pMoves: bool, out: usize, begin: i32, end: i32): void {
  let at = (<usize>begin) << 2;
  const one = v128.load32_splat(p);
  for (let i = begin; i < end; i += 4) {
    const lanes = min(4, end - i);
    const weight = pMoves ? load4(p + at, lanes) : one;
    const input = load4(x + at, lanes);
    const target = load4(y + at, lanes);
    const result = g
      ? f32x4.mul(load4(g + at, lanes), slope(LOSS, input, target, weight))
      : loss(LOSS, input, target, weight);
    if (lanes == 4) v128.store(out + at, result);
    else storeLanes(out + at, result, lanes);
    at += 16;
  }
}

/** The loss of each element, or with `gradOutput` (else 0) its gradient by x. */
export function elementLoss(
  loss: i32,
  gradOutput: usize,
  x: usize,
  y: usize,
  p: usize,
  pMoves: bool,
  out: usize,
  begin: i32,
  end: i32,
): void {
  if (loss == SMOOTH_L1) run(SMOOTH_L1, gradOutput, x, y, p, pMoves, out, begin, end);
  else if (loss == BINARY_CROSS_ENTROPY) run(BINARY_CROSS_ENTROPY, gradOutput, x, y, p, pMoves, out, begin, end);
  else run(BINARY_CROSS_ENTROPY_WITH_LOGITS, gradOutput, x, y, p, pMoves, out, begin, end);
}

/**
 * Optimizer steps in place, one pass over all parameters, in the order of operations of PyTorch's single-tensor code.
 *
 * A range of elements counts all parameters in a row, each from a multiple of 16 on: so parts begin on cache lines.
 */
import { loadLanes, storeLanes } from "./tile";

/** Where one parameter's numbers are, as the host writes it: eight i32. */
@unmanaged
class Slot {
  param: usize;
  /** The gradient; where `places` isn't 0, of those rows alone that have one. */
  grad: usize;
  /** Adam's exp_avg; SGD's momentum buffer, or 0; RMSprop's square_avg. */
  first: usize;
  /** Adam's exp_avg_sq; RMSprop's grad_avg, or 0. */
  second: usize;
  /** RMSprop's momentum buffer, or 0. */
  third: usize;
  size: i32;
  /** 0, or for each row of the parameter which row of `grad` is its, −1 for none. */
  places: usize;
  /** Numbers of a row. */
  width: i32;
}

/** Where, from element `from` on, rows without a gradient or the one row with a gradient end; `to` at most. */
function sectionEnd(slot: Slot, from: i32, to: i32): i32 {
  if (!slot.places) return to;
  const width = slot.width;
  let row = from / width;
  let end = (row + 1) * width;
  if (load<i32>(slot.places + ((<usize>row) << 2)) < 0) {
    while (end < to && load<i32>(slot.places + ((<usize>(row + 1)) << 2)) < 0) {
      row++;
      end += width;
    }
  }
  return min(end, to);
}

/** Where the gradient of element `from` is, and of those up to the section's end; 0 where it is 0. */
function gradientAt(slot: Slot, from: i32): usize {
  if (!slot.places) return slot.grad + ((<usize>from) << 2);
  const row = from / slot.width;
  const place = load<i32>(slot.places + ((<usize>row) << 2));
  return place < 0 ? 0 : slot.grad + ((<usize>((place - row) * slot.width + from)) << 2);
}

/** A gradient of 0 is computed with like any other, so that the same bits come out. */
// @ts-ignore: decorator
@inline
function loadGradient(grad: usize, lanes: i32): v128 {
  return grad ? load4(grad, lanes) : f32x4.splat(0);
}

/** Adam's numbers, as the host writes them: f32 in this order. */
@unmanaged
class AdamOptions {
  /** 1 − β₁, what exp_avg moves towards the gradient. */
  weight: f32;
  beta2: f32;
  /** 1 − β₂ */
  rest: f32;
  /** Weight decay that is added to the gradient, or 0. */
  decay: f32;
  /** What the parameter is multiplied by first: 1 − lr·decay where the decay is decoupled, else 1. */
  shrink: f32;
  /** lr / (1 − β₁ᵗ) */
  stepSize: f32;
  /** √(1 − β₂ᵗ) */
  correction: f32;
  eps: f32;
  /** 1 to go up the gradient, else 0; so are the others' switches. */
  maximize: f32;
}

@unmanaged
class SgdOptions {
  lr: f32;
  momentum: f32;
  /** 1 − dampening */
  rest: f32;
  decay: f32;
  nesterov: f32;
  maximize: f32;
  /** The buffer holds nothing yet and becomes the gradient. */
  first: f32;
}

@unmanaged
class RmspropOptions {
  lr: f32;
  alpha: f32;
  /** 1 − α */
  rest: f32;
  eps: f32;
  decay: f32;
  momentum: f32;
  maximize: f32;
}

// @ts-ignore: decorator
@inline
function load4(pointer: usize, lanes: i32): v128 {
  return lanes == 4 ? v128.load(pointer) : loadLanes(pointer, lanes);
}

// @ts-ignore: decorator
@inline
function store4(pointer: usize, value: v128, lanes: i32): void {
  if (lanes == 4) v128.store(pointer, value);
  else storeLanes(pointer, value, lanes);
}

/** torch.lerp: from the nearer end. */
// @ts-ignore: decorator
@inline
function lerp(from: v128, to: v128, weight: f32): v128 {
  const way = f32x4.sub(to, from);
  return abs<f32>(weight) < 0.5
    ? f32x4.add(from, f32x4.mul(f32x4.splat(weight), way))
    : f32x4.sub(to, f32x4.mul(way, f32x4.splat(1 - weight)));
}

const ADAM: i32 = 0;
const SGD: i32 = 1;
const RMSPROP: i32 = 2;

/** One optimizer's step for elements [begin, end) of the parameters of `count` slots, one after the other. */
// @ts-ignore: decorator
@inline
function forSlots(OPTIMIZER: i32, options: usize, slots: usize, count: i32, begin: i32, end: i32): void {
  let start = 0;
  for (let i = 0; i < count; i++) {
    const slot = changetype<Slot>(slots + <usize>i * offsetof<Slot>());
    const to = min(end - start, slot.size);
    for (let from = max(begin - start, 0); from < to; ) {
      const stop = sectionEnd(slot, from, to);
      const grad = gradientAt(slot, from);
      if (OPTIMIZER == ADAM) adamOf(changetype<AdamOptions>(options), slot, grad, from, stop);
      else if (OPTIMIZER == SGD) sgdOf(changetype<SgdOptions>(options), slot, grad, from, stop);
      else rmspropOf(changetype<RmspropOptions>(options), slot, grad, from, stop);
      from = stop;
    }
    start += (slot.size + 15) & ~15;
  }
}

/** Adam (torch/optim/adam.py, _single_tensor_adam). */
export function adam(options: usize, slots: usize, count: i32, begin: i32, end: i32): void {
  forSlots(ADAM, options, slots, count, begin, end);
}

/** SGD (torch/optim/sgd.py, _single_tensor_sgd). A buffer may be 0: no momentum. */
export function sgd(options: usize, slots: usize, count: i32, begin: i32, end: i32): void {
  forSlots(SGD, options, slots, count, begin, end);
}

/** RMSprop (torch/optim/rmsprop.py, _single_tensor_rmsprop). The last two buffers may be 0: not centred, no momentum. */
export function rmsprop(options: usize, slots: usize, count: i32, begin: i32, end: i32): void {
  forSlots(RMSPROP, options, slots, count, begin, end);
}

function adamOf(options: AdamOptions, slot: Slot, grad: usize, begin: i32, end: i32): void {
  const param = slot.param;
  const expAvg = slot.first;
  const expAvgSq = slot.second;
  const weight = options.weight;
  const shrink = options.shrink;
  const decay = options.decay;
  const maximize = options.maximize != 0;
  const keep = f32x4.splat(options.beta2);
  const rests = f32x4.splat(options.rest);
  const decays = f32x4.splat(decay);
  const minusStep = f32x4.splat(-options.stepSize);
  const corrections = f32x4.splat(options.correction);
  const epsilons = f32x4.splat(options.eps);
  let at = (<usize>begin) << 2;
  for (let i = begin; i < end; i += 4) {
    const lanes = min(4, end - i);
    let g = loadGradient(grad, lanes);
    let p = load4(param + at, lanes);
    let v = load4(expAvgSq + at, lanes);
    if (maximize) g = f32x4.neg(g);
    if (shrink != 1) p = f32x4.mul(p, f32x4.splat(shrink));
    if (decay != 0) g = f32x4.add(g, f32x4.mul(decays, p));
    const m = lerp(load4(expAvg + at, lanes), g, weight);
    v = f32x4.add(f32x4.mul(v, keep), f32x4.mul(f32x4.mul(rests, g), g));
    const denominator = f32x4.add(f32x4.div(f32x4.sqrt(v), corrections), epsilons);
    p = f32x4.add(p, f32x4.div(f32x4.mul(minusStep, m), denominator));
    store4(param + at, p, lanes);
    store4(expAvg + at, m, lanes);
    store4(expAvgSq + at, v, lanes);
    at += 16;
    if (grad) grad += 16;
  }
}

function sgdOf(options: SgdOptions, slot: Slot, grad: usize, begin: i32, end: i32): void {
  const param = slot.param;
  const buffer = slot.first;
  const decay = options.decay;
  const nesterov = options.nesterov != 0;
  const maximize = options.maximize != 0;
  const first = options.first != 0;
  const minusLr = f32x4.splat(-options.lr);
  const momenta = f32x4.splat(options.momentum);
  const rests = f32x4.splat(options.rest);
  const decays = f32x4.splat(decay);
  let at = (<usize>begin) << 2;
  for (let i = begin; i < end; i += 4) {
    const lanes = min(4, end - i);
    let g = loadGradient(grad, lanes);
    const p = load4(param + at, lanes);
    if (maximize) g = f32x4.neg(g);
    if (decay != 0) g = f32x4.add(g, f32x4.mul(decays, p));
    if (buffer) {
      const b = first ? g : f32x4.add(f32x4.mul(load4(buffer + at, lanes), momenta), f32x4.mul(rests, g));
      store4(buffer + at, b, lanes);
      g = nesterov ? f32x4.add(g, f32x4.mul(momenta, b)) : b;
    }
    store4(param + at, f32x4.add(p, f32x4.mul(minusLr, g)), lanes);
    at += 16;
    if (grad) grad += 16;
  }
}

function rmspropOf(options: RmspropOptions, slot: Slot, grad: usize, begin: i32, end: i32): void {
  const param = slot.param;
  const squareAvg = slot.first;
  const gradAvg = slot.second;
  const buffer = slot.third;
  const rest = options.rest;
  const decay = options.decay;
  const maximize = options.maximize != 0;
  const keep = f32x4.splat(options.alpha);
  const rests = f32x4.splat(rest);
  const decays = f32x4.splat(decay);
  const minusLr = f32x4.splat(-options.lr);
  const momenta = f32x4.splat(options.momentum);
  const epsilons = f32x4.splat(options.eps);
  let at = (<usize>begin) << 2;
  for (let i = begin; i < end; i += 4) {
    const lanes = min(4, end - i);
    let g = loadGradient(grad, lanes);
    const p = load4(param + at, lanes);
    if (maximize) g = f32x4.neg(g);
    if (decay != 0) g = f32x4.add(g, f32x4.mul(decays, p));
    const v = f32x4.add(f32x4.mul(load4(squareAvg + at, lanes), keep), f32x4.mul(f32x4.mul(rests, g), g));
    store4(squareAvg + at, v, lanes);
    let spread = v;
    if (gradAvg) {
      const mean = lerp(load4(gradAvg + at, lanes), g, rest);
      store4(gradAvg + at, mean, lanes);
      spread = f32x4.sub(v, f32x4.mul(mean, mean));
    }
    const denominator = f32x4.add(f32x4.sqrt(spread), epsilons);
    if (buffer) {
      const b = f32x4.add(f32x4.mul(load4(buffer + at, lanes), momenta), f32x4.div(g, denominator));
      store4(buffer + at, b, lanes);
      store4(param + at, f32x4.add(p, f32x4.mul(minusLr, b)), lanes);
    } else {
      store4(param + at, f32x4.add(p, f32x4.div(f32x4.mul(minusLr, g), denominator)), lanes);
    }
    at += 16;
    if (grad) grad += 16;
  }
}

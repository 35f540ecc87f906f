/**
 * Optimizer steps in place, one pass over all parameters, in the order of operations of PyTorch's single-tensor code.
 *
 * A range of elements counts all parameters in a row, each from a multiple of 16 on: so parts begin on cache lines.
 */
import { loadLanes, storeLanes } from "./tile";

/** Where one parameter's numbers are, as the host writes it: five i32. */
@unmanaged
class Slot {
  param: usize;
  grad: usize;
  /** Adam's exp_avg; SGD's momentum buffer, or 0. */
  first: usize;
  /** Adam's exp_avg_sq. */
  second: usize;
  size: i32;
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

/**
 * Adam (torch/optim/adam.py, _single_tensor_adam) for elements [begin, end) of all parameters.
 *
 * @param slots `count` of Slot, one after the other
 * @param weight 1 − β₁, what exp_avg moves towards the gradient
 * @param rest 1 − β₂
 * @param decay weight decay that is added to the gradient, or 0
 * @param shrink what the parameter is multiplied by first: 1 − lr·decay where the decay is decoupled, else 1
 * @param stepSize lr / (1 − β₁ᵗ)
 * @param correction √(1 − β₂ᵗ)
 */
export function adam(
  slots: usize,
  count: i32,
  weight: f32,
  beta2: f32,
  rest: f32,
  decay: f32,
  shrink: f32,
  stepSize: f32,
  correction: f32,
  eps: f32,
  maximize: bool,
  begin: i32,
  end: i32,
): void {
  let start = 0;
  for (let i = 0; i < count; i++) {
    const slot = changetype<Slot>(slots + <usize>i * offsetof<Slot>());
    const from = max(begin - start, 0);
    const to = min(end - start, slot.size);
    if (from < to) adamOf(slot, weight, beta2, rest, decay, shrink, stepSize, correction, eps, maximize, from, to);
    start += (slot.size + 15) & ~15;
  }
}

function adamOf(
  slot: Slot,
  weight: f32,
  beta2: f32,
  rest: f32,
  decay: f32,
  shrink: f32,
  stepSize: f32,
  correction: f32,
  eps: f32,
  maximize: bool,
  begin: i32,
  end: i32,
): void {
  const param = slot.param;
  const grad = slot.grad;
  const expAvg = slot.first;
  const expAvgSq = slot.second;
  const weights = f32x4.splat(weight);
  const keep = f32x4.splat(beta2);
  const rests = f32x4.splat(rest);
  const decays = f32x4.splat(decay);
  const minusStep = f32x4.splat(-stepSize);
  const corrections = f32x4.splat(correction);
  const epsilons = f32x4.splat(eps);
  let at = (<usize>begin) << 2;
  for (let i = begin; i < end; i += 4) {
    const lanes = min(4, end - i);
    let g = load4(grad + at, lanes);
    let p = load4(param + at, lanes);
    let m = load4(expAvg + at, lanes);
    let v = load4(expAvgSq + at, lanes);
    if (maximize) g = f32x4.neg(g);
    if (shrink != 1) p = f32x4.mul(p, f32x4.splat(shrink));
    if (decay != 0) g = f32x4.add(g, f32x4.mul(decays, p));
    // torch.lerp: from the nearer end.
    const way = f32x4.sub(g, m);
    m =
      abs<f32>(weight) < 0.5
        ? f32x4.add(m, f32x4.mul(weights, way))
        : f32x4.sub(g, f32x4.mul(way, f32x4.splat(1 - weight)));
    v = f32x4.add(f32x4.mul(v, keep), f32x4.mul(f32x4.mul(rests, g), g));
    const denominator = f32x4.add(f32x4.div(f32x4.sqrt(v), corrections), epsilons);
    p = f32x4.add(p, f32x4.div(f32x4.mul(minusStep, m), denominator));
    store4(param + at, p, lanes);
    store4(expAvg + at, m, lanes);
    store4(expAvgSq + at, v, lanes);
    at += 16;
  }
}

/**
 * SGD (torch/optim/sgd.py, _single_tensor_sgd) for elements [begin, end) of all parameters. A buffer may be 0: no momentum.
 *
 * @param slots `count` of Slot, one after the other
 * @param rest 1 − dampening
 * @param first the buffer holds nothing yet and becomes the gradient
 */
export function sgd(
  slots: usize,
  count: i32,
  lr: f32,
  momentum: f32,
  rest: f32,
  decay: f32,
  nesterov: bool,
  maximize: bool,
  first: bool,
  begin: i32,
  end: i32,
): void {
  let start = 0;
  for (let i = 0; i < count; i++) {
    const slot = changetype<Slot>(slots + <usize>i * offsetof<Slot>());
    const from = max(begin - start, 0);
    const to = min(end - start, slot.size);
    if (from < to) sgdOf(slot, lr, momentum, rest, decay, nesterov, maximize, first, from, to);
    start += (slot.size + 15) & ~15;
  }
}

function sgdOf(
  slot: Slot,
  lr: f32,
  momentum: f32,
  rest: f32,
  decay: f32,
  nesterov: bool,
  maximize: bool,
  first: bool,
  begin: i32,
  end: i32,
): void {
  const param = slot.param;
  const grad = slot.grad;
  const buffer = slot.first;
  const minusLr = f32x4.splat(-lr);
  const momenta = f32x4.splat(momentum);
  const rests = f32x4.splat(rest);
  const decays = f32x4.splat(decay);
  let at = (<usize>begin) << 2;
  for (let i = begin; i < end; i += 4) {
    const lanes = min(4, end - i);
    let g = load4(grad + at, lanes);
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
  }
}

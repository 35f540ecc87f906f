/**
 * One step of one sequence through PyTorch's GRU or LSTM, and its gradient, from the maps W·x + b and W·h + b. Rows of `size` floats;
 * maps and gates stand side by side: r, z, n (of `gates` also W_hn·h + b_hn), or i, f, g, o. Vectors at a row's end
 * read past it and write what is theirs.
 */
import { storeUpTo4 } from "./attention";
import { madd } from "./madd";
import { sigmoidVector, tanhVector } from "./math";

/** out = σ(a + b), `size` floats. One such function a loop: two leave the engine too few registers, and it takes twice as long. */
function sigmoidOfSum(a: usize, b: usize, out: usize, size: i32): void {
  for (let left = size; left > 0; left -= 4) {
    storeUpTo4(out, sigmoidVector(f32x4.add(v128.load(a), v128.load(b))), left);
    a += 16;
    b += 16;
    out += 16;
  }
}

/** out = tanh(a + b), `size` floats. */
function tanhOfSum(a: usize, b: usize, out: usize, size: i32): void {
  for (let left = size; left > 0; left -= 4) {
    storeUpTo4(out, tanhVector(f32x4.add(v128.load(a), v128.load(b))), left);
    a += 16;
    b += 16;
    out += 16;
  }
}

/** r = σ(·), z = σ(·), n = tanh(W·x + r·W·h), h′ = n + z·(h − n). */
export function gruRow(
  ofInput: usize,
  ofHidden: usize,
  before: usize,
  after: usize,
  gates: usize,
  size: i32,
): void {
  const gate = (<usize>size) << 2;
  // r and z lie side by side.
  sigmoidOfSum(ofInput, ofHidden, gates, 2 * size);
  ofInput += 2 * gate;
  ofHidden += 2 * gate;
  for (let left = size; left > 0; left -= 4) {
    const hiddenN = v128.load(ofHidden);
    const n = tanhVector(madd(v128.load(ofInput), v128.load(gates), hiddenN));
    storeUpTo4(after, madd(n, v128.load(gates + gate), f32x4.sub(v128.load(before), n)), left);
    storeUpTo4(gates + 2 * gate, n, left);
    storeUpTo4(gates + 3 * gate, hiddenN, left);
    ofInput += 16;
    ofHidden += 16;
    before += 16;
    after += 16;
    gates += 16;
  }
}

/**
 * `gradient` holds that of h′ but for `gradOutput`, and afterwards what of it goes straight to h: g·z. The gradients of both maps:
 * ∂n = g·(1 − z)·(1 − n²), ∂z = g·(h − n)·z·(1 − z), ∂r = ∂n·(W_hn·h + b_hn)·r·(1 − r).
 */
export function gruRowBackward(
  gates: usize,
  before: usize,
  gradOutput: usize,
  gradient: usize,
  ofInput: usize,
  ofHidden: usize,
  size: i32,
): void {
  const gate = (<usize>size) << 2;
  const one = f32x4.splat(1);
  for (let left = size; left > 0; left -= 4) {
    const g = f32x4.add(v128.load(gradient), v128.load(gradOutput));
    const r = v128.load(gates);
    const z = v128.load(gates + gate);
    const n = v128.load(gates + 2 * gate);
    const hiddenN = v128.load(gates + 3 * gate);
    const rest = f32x4.sub(one, z);
    const byN = f32x4.mul(f32x4.mul(g, rest), f32x4.sub(one, f32x4.mul(n, n)));
    const byZ = f32x4.mul(f32x4.mul(g, f32x4.sub(v128.load(before), n)), f32x4.mul(z, rest));
    const byR = f32x4.mul(f32x4.mul(byN, hiddenN), f32x4.mul(r, f32x4.sub(one, r)));
    storeUpTo4(gradient, f32x4.mul(g, z), left);
    storeUpTo4(ofInput, byR, left);
    storeUpTo4(ofInput + gate, byZ, left);
    storeUpTo4(ofInput + 2 * gate, byN, left);
    storeUpTo4(ofHidden, byR, left);
    storeUpTo4(ofHidden + gate, byZ, left);
    storeUpTo4(ofHidden + 2 * gate, f32x4.mul(byN, r), left);
    gates += 16;
    before += 16;
    gradOutput += 16;
    gradient += 16;
    ofInput += 16;
    ofHidden += 16;
  }
}

/** i, f, o = σ(·), g = tanh(·), c′ = f·c + i·g, h′ = o·tanh(c′). */
export function lstmRow(
  ofInput: usize,
  ofHidden: usize,
  cellBefore: usize,
  cellAfter: usize,
  after: usize,
  gates: usize,
  size: i32,
): void {
  const gate = (<usize>size) << 2;
  // i and f lie side by side.
  sigmoidOfSum(ofInput, ofHidden, gates, 2 * size);
  tanhOfSum(ofInput + 2 * gate, ofHidden + 2 * gate, gates + 2 * gate, size);
  sigmoidOfSum(ofInput + 3 * gate, ofHidden + 3 * gate, gates + 3 * gate, size);
  for (let left = size; left > 0; left -= 4) {
    const cell = madd(
      f32x4.mul(v128.load(gates + gate), v128.load(cellBefore)),
      v128.load(gates),
      v128.load(gates + 2 * gate),
    );
    storeUpTo4(cellAfter, cell, left);
    storeUpTo4(after, f32x4.mul(v128.load(gates + 3 * gate), tanhVector(cell)), left);
    cellBefore += 16;
    cellAfter += 16;
    after += 16;
    gates += 16;
  }
}

/** out = tanh x, `size` floats. */
function tanhOf(x: usize, out: usize, size: i32): void {
  for (let left = size; left > 0; left -= 4) {
    storeUpTo4(out, tanhVector(v128.load(x)), left);
    x += 16;
    out += 16;
  }
}

/** g·s·(1 − s): back through a logistic function. */
// @ts-ignore: decorator
@inline
function throughSigmoid(gradient: v128, s: v128): v128 {
  return f32x4.mul(gradient, f32x4.mul(s, f32x4.sub(f32x4.splat(1), s)));
}

/** g·(1 − t²): back through tanh. */
// @ts-ignore: decorator
@inline
function throughTanh(gradient: v128, t: v128): v128 {
  return f32x4.mul(gradient, f32x4.sub(f32x4.splat(1), f32x4.mul(t, t)));
}

/**
 * `gradient` and `gradCell` hold those of h′ and c′ but for `gradOutput` and `gradCells`; afterwards `gradCell` is that of c, and `gradient`
 * 0, as h goes through its map alone. The gradient of either map:
 * with γ = ∂c′ + ∂h′·o·(1 − tanh² c′), ∂i = γ·g, ∂f = γ·c, ∂g = γ·i, ∂o = ∂h′·tanh c′, each through its function.
 */
export function lstmRowBackward(
  gates: usize,
  cellBefore: usize,
  cellAfter: usize,
  gradOutput: usize,
  gradCells: usize,
  gradient: usize,
  gradCell: usize,
  maps: usize,
  size: i32,
): void {
  const gate = (<usize>size) << 2;
  // Waits where o's gradient will be.
  tanhOf(cellAfter, maps + 3 * gate, size);
  for (let left = size; left > 0; left -= 4) {
    const hidden = f32x4.add(v128.load(gradient), v128.load(gradOutput));
    const i = v128.load(gates);
    const f = v128.load(gates + gate);
    const g = v128.load(gates + 2 * gate);
    const o = v128.load(gates + 3 * gate);
    const squashed = v128.load(maps + 3 * gate);
    const arrived = f32x4.add(v128.load(gradCell), v128.load(gradCells));
    const cell = f32x4.add(arrived, throughTanh(f32x4.mul(hidden, o), squashed));
    storeUpTo4(maps, throughSigmoid(f32x4.mul(cell, g), i), left);
    storeUpTo4(maps + gate, throughSigmoid(f32x4.mul(cell, v128.load(cellBefore)), f), left);
    storeUpTo4(maps + 2 * gate, throughTanh(f32x4.mul(cell, i), g), left);
    storeUpTo4(maps + 3 * gate, throughSigmoid(f32x4.mul(hidden, squashed), o), left);
    storeUpTo4(gradient, f32x4.splat(0), left);
    storeUpTo4(gradCell, f32x4.mul(cell, f), left);
    gates += 16;
    cellBefore += 16;
    gradOutput += 16;
    gradCells += 16;
    gradient += 16;
    gradCell += 16;
    maps += 16;
  }
}

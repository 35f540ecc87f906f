/**
 * One look of additive attention at one sequence: e_j = v·tanh(q + k_j), α = softmax(e), c = Σ α_j·h_j, and its gradient.
 *
 * tanh(q + k) = 1 − 2r with r = 1 / (1 + e²ᵠ·e²ᵏ): the powers are taken once for each query and once for each key, not
 * once for each pair, which leaves a product, a sum and a quotient. The 1 is the same for every place, and the softmax
 * cancels it. The powers of large numbers would overflow, so there r comes from the logistic function of −2(q + k).
 */
import { madd } from "./madd";
import { expVector, sigmoidVector } from "./math";
import { addLanes } from "./reduce";
import { softmaxRows } from "./softmax";
import { loadLanes, storeLanes } from "./tile";

/** Up to this size e²ˣ is a normal number, and a product of two is right or, rightly, 0 or ∞. */
const TAME: f32 = 43;

/** Rounds up to whole vectors. */
// @ts-ignore: decorator
@inline
export function wholeVectors(count: i32): i32 {
  return (count + 3) & ~3;
}

/** `left` floats, at most four; what is missing is 0. */
// @ts-ignore: decorator
@inline
export function loadUpTo4(pointer: usize, left: i32): v128 {
  return left >= 4 ? v128.load(pointer) : loadLanes(pointer, left);
}

// @ts-ignore: decorator
@inline
export function storeUpTo4(pointer: usize, value: v128, left: i32): void {
  if (left >= 4) v128.store(pointer, value);
  else storeLanes(pointer, value, left);
}

/** out = e²ˣ of `count` floats, in whole vectors; whether all of x are small enough for it. */
export function doublePowers(x: usize, out: usize, count: i32): bool {
  let tame = i32x4.splat(-1);
  const limit = f32x4.splat(TAME);
  for (let left = count; left > 0; left -= 4) {
    const value = loadUpTo4(x, left);
    tame = v128.and(tame, f32x4.le(f32x4.abs(value), limit));
    v128.store(out, expVector(f32x4.add(value, value)));
    x += 16;
    out += 16;
  }
  return i32x4.all_true(tame);
}

/** The powers of every key of a sequence, rows of whole vectors; whether all are small enough. */
export function keyPowers(keys: usize, out: usize, places: i32, features: i32): bool {
  const step = (<usize>features) << 2;
  const outStep = (<usize>wholeVectors(features)) << 2;
  let tame = true;
  for (let j = 0; j < places; j++) {
    if (!doublePowers(keys, out, features)) tame = false;
    keys += step;
    out += outStep;
  }
  return tame;
}

/** r of four features: of powers where these are there, else of the numbers themselves. */
// @ts-ignore: decorator
@inline
function response(POWERS: bool, query: v128, key: v128): v128 {
  const one = f32x4.splat(1);
  if (POWERS) return f32x4.div(one, madd(one, query, key));
  return sigmoidVector(f32x4.mul(f32x4.splat(-2), f32x4.add(query, key)));
}

// @ts-ignore: decorator
@inline
function loadFeatures(POWERS: bool, pointer: usize, left: i32): v128 {
  return POWERS ? v128.load(pointer) : loadUpTo4(pointer, left);
}

/** out[j] = −2 Σ v·r. `v` and powers are padded to whole vectors, v with 0. */
// @ts-ignore: decorator
@inline
function scores(
  POWERS: bool,
  query: usize,
  keys: usize,
  keyStep: usize,
  v: usize,
  places: i32,
  features: i32,
  out: usize,
): void {
  for (let j = 0; j < places; j++) {
    let sum = f32x4.splat(0);
    let at: usize = 0;
    for (let left = features; left > 0; left -= 4) {
      const r = response(POWERS, loadFeatures(POWERS, query + at, left), loadFeatures(POWERS, keys + at, left));
      sum = madd(sum, r, v128.load(v + at));
      at += 16;
    }
    store<f32>(out, -2 * <f32>addLanes(sum));
    keys += keyStep;
    out += 4;
  }
}

/** out = Σ_j weights[j] · rows[j], of `width` floats each. */
function weightedSum(weights: usize, rows: usize, count: i32, width: i32, out: usize): void {
  const step = (<usize>width) << 2;
  const end = weights + ((<usize>count) << 2);
  let left = width;
  for (; left >= 16; left -= 16) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let row = rows;
    for (let w = weights; w < end; w += 4) {
      const weight = v128.load32_splat(w);
      s0 = madd(s0, weight, v128.load(row));
      s1 = madd(s1, weight, v128.load(row, 16));
      s2 = madd(s2, weight, v128.load(row, 32));
      s3 = madd(s3, weight, v128.load(row, 48));
      row += step;
    }
    v128.store(out, s0);
    v128.store(out, s1, 16);
    v128.store(out, s2, 32);
    v128.store(out, s3, 48);
    rows += 64;
    out += 64;
  }
  for (; left > 0; left -= 4) {
    let sum = f32x4.splat(0);
    let row = rows;
    for (let w = weights; w < end; w += 4) {
      sum = madd(sum, v128.load32_splat(w), loadUpTo4(row, left));
      row += step;
    }
    storeUpTo4(out, sum, left);
    rows += 16;
    out += 16;
  }
}

/** Σ a·b of `count` floats. */
export function dot(a: usize, b: usize, count: i32): f32 {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  for (; count >= 8; count -= 8) {
    s0 = madd(s0, v128.load(a), v128.load(b));
    s1 = madd(s1, v128.load(a, 16), v128.load(b, 16));
    a += 32;
    b += 32;
  }
  for (; count > 0; count -= 4) {
    s0 = madd(s0, loadUpTo4(a, count), loadUpTo4(b, count));
    a += 16;
    b += 16;
  }
  return <f32>addLanes(f32x4.add(s0, s1));
}

/**
 * Attends to the first `places` of `allPlaces`: weights (0 beyond) and context.
 *
 * @param powers of the keys, or 0 where they are too large for it
 * @param room floats for a query's powers, in whole vectors
 */
export function attend(
  query: usize,
  keys: usize,
  powers: usize,
  values: usize,
  v: usize,
  places: i32,
  allPlaces: i32,
  features: i32,
  width: i32,
  weights: usize,
  context: usize,
  room: usize,
): void {
  memory.fill(weights + ((<usize>places) << 2), 0, (<usize>(allPlaces - places)) << 2);
  if (places > 0) {
    if (powers && doublePowers(query, room, features)) {
      scores(true, room, powers, (<usize>wholeVectors(features)) << 2, v, places, features, weights);
    } else {
      scores(false, query, keys, (<usize>features) << 2, v, places, features, weights);
    }
    softmaxRows(weights, weights, places, 0, 1);
  }
  weightedSum(weights, values, places, width, context);
}

/**
 * Of ∂e at `gradScores`: gradQuery = 4v·Σ_j ∂e_j·r(1 − r), gradKeys[j] += ∂e_j·r(1 − r) (times 4v it is the gradient) and
 * gradScoreWeight −= 2 Σ_j ∂e_j·r (the ∂e sum to 0).
 */
// @ts-ignore: decorator
@inline
function scoresBackward(
  POWERS: bool,
  query: usize,
  keys: usize,
  keyStep: usize,
  v: usize,
  places: i32,
  features: i32,
  gradScores: usize,
  gradQuery: usize,
  gradKeys: usize,
  gradScoreWeight: usize,
): void {
  const step = (<usize>features) << 2;
  const end = gradScores + ((<usize>places) << 2);
  const one = f32x4.splat(1);
  for (let left = features; left > 0; left -= 4) {
    const q = loadFeatures(POWERS, query, left);
    let slopes = f32x4.splat(0);
    let responses = f32x4.splat(0);
    let key = keys;
    let to = gradKeys;
    for (let e = gradScores; e < end; e += 4) {
      const r = response(POWERS, q, loadFeatures(POWERS, key, left));
      const weighed = f32x4.mul(v128.load32_splat(e), r);
      const slope = f32x4.mul(weighed, f32x4.sub(one, r));
      responses = f32x4.add(responses, weighed);
      slopes = f32x4.add(slopes, slope);
      // Lanes past the row are read with it, and not written.
      storeUpTo4(to, f32x4.add(v128.load(to), slope), left);
      key += keyStep;
      to += step;
    }
    const four = f32x4.mul(f32x4.splat(4), v128.load(v));
    storeUpTo4(gradQuery, f32x4.mul(four, slopes), left);
    const before = v128.load(gradScoreWeight);
    storeUpTo4(gradScoreWeight, f32x4.sub(before, f32x4.add(responses, responses)), left);
    query += 16;
    keys += 16;
    v += 16;
    gradQuery += 16;
    gradKeys += 16;
    gradScoreWeight += 16;
  }
}

/**
 * The gradient of `attend`: gradQuery is written, the others are added to; gradKeys lacks its factor 4v
 * until `finishGradKeys`. `gradWeights` beyond `places` is not read.
 *
 * @param room floats for a query's powers, in whole vectors
 * @param gradScores room for `places` floats
 */
export function attendBackward(
  query: usize,
  keys: usize,
  powers: usize,
  values: usize,
  v: usize,
  places: i32,
  features: i32,
  width: i32,
  weights: usize,
  gradContext: usize,
  gradWeights: usize,
  gradQuery: usize,
  gradKeys: usize,
  gradValues: usize,
  gradScoreWeight: usize,
  room: usize,
  gradScores: usize,
): void {
  const row = (<usize>width) << 2;
  let mean: f32 = 0;
  for (let j = 0; j < places; j++) {
    const at = (<usize>j) << 2;
    const weight = load<f32>(weights + at);
    const gradient = dot(gradContext, values + <usize>j * row, width) + load<f32>(gradWeights + at);
    store<f32>(gradScores + at, gradient);
    mean += weight * gradient;
    addScaled(gradContext, weight, gradValues + <usize>j * row, width);
  }
  for (let j = 0; j < places; j++) {
    const at = (<usize>j) << 2;
    store<f32>(gradScores + at, load<f32>(weights + at) * (load<f32>(gradScores + at) - mean));
  }
  if (powers && doublePowers(query, room, features)) {
    const step = (<usize>wholeVectors(features)) << 2;
    scoresBackward(
      true,
      room,
      powers,
      step,
      v,
      places,
      features,
      gradScores,
      gradQuery,
      gradKeys,
      gradScoreWeight,
    );
  } else {
    const step = (<usize>features) << 2;
    scoresBackward(
      false,
      query,
      keys,
      step,
      v,
      places,
      features,
      gradScores,
      gradQuery,
      gradKeys,
      gradScoreWeight,
    );
  }
}

/** to += factor · from, `count` floats. */
export function addScaled(from: usize, factor: f32, to: usize, count: i32): void {
  const by = f32x4.splat(factor);
  for (; count > 0; count -= 4) {
    storeUpTo4(to, madd(v128.load(to), by, v128.load(from)), count);
    from += 16;
    to += 16;
  }
}

/** Multiplies the keys' gradients by 4v. */
export function finishGradKeys(gradKeys: usize, v: usize, places: i32, features: i32): void {
  const four = f32x4.splat(4);
  for (let j = 0; j < places; j++) {
    let at: usize = 0;
    for (let left = features; left > 0; left -= 4) {
      const factor = f32x4.mul(four, v128.load(v + at));
      storeUpTo4(gradKeys + at, f32x4.mul(v128.load(gradKeys + at), factor), left);
      at += 16;
    }
    gradKeys += (<usize>features) << 2;
  }
}

/** How many places of a row count: its length, if there are lengths, as far as there are places. */
// @ts-ignore: decorator
@inline
export function placesOf(lengths: usize, row: i32, allPlaces: i32): i32 {
  if (!lengths) return allPlaces;
  return max(0, min(allPlaces, load<i32>(lengths + ((<usize>row) << 2))));
}

/** Copies v into whole vectors, the rest 0. */
export function padScoreWeight(v: usize, out: usize, features: i32): void {
  for (let left = features; left > 0; left -= 4) {
    v128.store(out, loadUpTo4(v, left));
    v += 16;
    out += 16;
  }
}

/** Softmax, its logarithm, and cross-entropy, over rows of `count` floats. */
import { expScalar, expVector } from "./math";
import { addLanes, maxOfRow } from "./reduce";

/** Vectors that are summed in float32 before the sum goes to float64. */
const STRETCH: i32 = 64;

/** Σ exp(x − shift); the powers are kept at `out` unless it is 0. */
function sumOfPowers(x: usize, shift: f32, count: i32, out: usize): f64 {
  const offset = f32x4.splat(shift);
  let total: f64 = 0;
  while (count >= 4) {
    let sum = f32x4.splat(0);
    let vectors = min(count >> 2, STRETCH);
    count -= vectors << 2;
    for (; vectors > 0; vectors--) {
      const power = expVector(f32x4.sub(v128.load(x), offset));
      sum = f32x4.add(sum, power);
      if (out) {
        v128.store(out, power);
        out += 16;
      }
      x += 16;
    }
    total += addLanes(sum);
  }
  for (; count > 0; count--) {
    const power = expScalar(load<f32>(x) - shift);
    total += <f64>power;
    if (out) {
      store<f32>(out, power);
      out += 4;
    }
    x += 4;
  }
  return total;
}

/** out = softmax of one row whose largest number is `largest`; gives the sum that the powers were divided by. */
function softmaxRow(x: usize, largest: f32, out: usize, count: i32): f64 {
  const sum = sumOfPowers(x, largest, count, out);
  const share = <f32>(1 / sum);
  const factor = f32x4.splat(share);
  for (; count >= 4; count -= 4) {
    v128.store(out, f32x4.mul(v128.load(out), factor));
    out += 16;
  }
  for (; count > 0; count--) {
    store<f32>(out, load<f32>(out) * share);
    out += 4;
  }
  return sum;
}

/** out = softmax of rows [begin, end). */
export function softmaxRows(x: usize, out: usize, count: i32, begin: i32, end: i32): void {
  const bytes = (<usize>count) << 2;
  for (let row = begin; row < end; row++) {
    const from = x + <usize>row * bytes;
    softmaxRow(from, maxOfRow(from, count), out + <usize>row * bytes, count);
  }
}

/** ln of a float64 sum of powers, which is at least 1, as softmax's denominator is. */
function logOfSum(sum: f64): f64 {
  // x = 2ᵉ·m, ln m = 2 artanh((m − 1) / (m + 1)) by its series: exact to float32 with room to spare.
  if (!(sum >= 1) || sum == Infinity) return sum >= 1 ? Infinity : NaN;
  const bits = reinterpret<i64>(sum);
  let e = <i32>(bits >> 52) - 1023;
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    e++;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  const series =
    1 + z * (1.0 / 3 + z * (1.0 / 5 + z * (1.0 / 7 + z * (1.0 / 9 + z * (1.0 / 11 + z * (1.0 / 13))))));
  return <f64>e * 0.6931471805599453 + 2 * s * series;
}

function logSoftmaxRow(from: usize, to: usize, count: i32): void {
  const largest = maxOfRow(from, count);
  const log = <f32>logOfSum(sumOfPowers(from, largest, count, 0));
  const shift = f32x4.splat(largest);
  const logs = f32x4.splat(log);
  for (; count >= 4; count -= 4) {
    v128.store(to, f32x4.sub(f32x4.sub(v128.load(from), shift), logs));
    from += 16;
    to += 16;
  }
  for (; count > 0; count--) {
    store<f32>(to, load<f32>(from) - largest - log);
    from += 4;
    to += 4;
  }
}

/** out = ln softmax of rows [begin, end). */
export function logSoftmaxRows(x: usize, out: usize, count: i32, begin: i32, end: i32): void {
  const bytes = (<usize>count) << 2;
  for (let row = begin; row < end; row++) logSoftmaxRow(x + <usize>row * bytes, out + <usize>row * bytes, count);
}

/** Where `value` stands first among `count` floats, of which one is; 0 if it is NaN. */
function indexOf(x: usize, value: f32, count: i32): i32 {
  const wanted = f32x4.splat(value);
  let at = 0;
  while (at + 4 <= count && !v128.any_true(f32x4.eq(v128.load(x + ((<usize>at) << 2)), wanted))) at += 4;
  while (at < count && load<f32>(x + ((<usize>at) << 2)) != value) at++;
  return at < count ? at : 0;
}

/**
 * Rows [begin, end): probabilities = softmax(x), which may take x's own place; with l its logarithm, losses[row] = −(1 − s)·w[t]·l[t] −
 * s/C·Σ w[c]·l[c] and rowWeights[row] = w[t]. All are 0 where t is ignored, losses and rowWeights NaN where it is no
 * class. weight may be 0: all ones. Unless `predictions` is 0, the class of each row's largest number goes there (i32), of ignored ones −1.
 */
export function crossEntropyRows(
  x: usize,
  target: usize,
  weight: usize,
  probabilities: usize,
  losses: usize,
  rowWeights: usize,
  predictions: usize,
  classes: i32,
  ignoreIndex: i32,
  smoothing: f64,
  begin: i32,
  end: i32,
): void {
  const bytes = (<usize>classes) << 2;
  for (let row = begin; row < end; row++) {
    const from = x + <usize>row * bytes;
    const to = probabilities + <usize>row * bytes;
    const t = load<i32>(target + ((<usize>row) << 2));
    let prediction = -1;
    let loss: f64 = 0;
    let rowWeight: f64 = 0;
    if (t == ignoreIndex) {
      memory.fill(to, 0, bytes);
    } else {
      const largest = maxOfRow(from, classes);
      if (predictions) prediction = indexOf(from, largest, classes);
      const isClass = <u32>t < <u32>classes;
      const at = (<usize>t) << 2;
      // What the logits themselves give, before their place may be taken: how far below the largest they are.
      const own = isClass ? <f64>largest - <f64>load<f32>(from + at) : NaN;
      rowWeight = isClass ? (weight ? <f64>load<f32>(weight + at) : 1) : NaN;
      let all: f64 = 0;
      let weights: f64 = 0;
      if (smoothing != 0) {
        for (let c: usize = 0; c < bytes; c += 4) {
          const w = weight ? <f64>load<f32>(weight + c) : 1;
          all += w * (<f64>largest - <f64>load<f32>(from + c));
          weights += w;
        }
      }
      const log = logOfSum(softmaxRow(from, largest, to, classes));
      loss = (1 - smoothing) * rowWeight * (log + own);
      if (smoothing != 0) loss += (smoothing / <f64>classes) * (all + weights * log);
    }
    if (predictions) store<i32>(predictions + ((<usize>row) << 2), prediction);
    store<f32>(losses + ((<usize>row) << 2), <f32>loss);
    store<f32>(rowWeights + ((<usize>row) << 2), <f32>rowWeight);
  }
}

/**
 * gradInput of rows [begin, end): scale · (d − softmax · Σd), d being the derivative of a row's loss by its log-probabilities.
 * The scale is that of row · scaleStep bytes after `scales`, divided by `divisor`. Ignored rows get 0.
 */
export function crossEntropyBackwardRows(
  scales: usize,
  scaleStep: usize,
  divisor: f32,
  probabilities: usize,
  target: usize,
  weight: usize,
  gradInput: usize,
  classes: i32,
  ignoreIndex: i32,
  smoothing: f64,
  begin: i32,
  end: i32,
): void {
  const bytes = (<usize>classes) << 2;
  let weights: f64 = <f64>classes;
  if (weight && smoothing != 0) {
    weights = 0;
    for (let c: usize = 0; c < bytes; c += 4) weights += <f64>load<f32>(weight + c);
  }
  const share = smoothing / <f64>classes;
  for (let row = begin; row < end; row++) {
    let from = probabilities + <usize>row * bytes;
    let to = gradInput + <usize>row * bytes;
    const t = load<i32>(target + ((<usize>row) << 2));
    if (t == ignoreIndex) {
      memory.fill(to, 0, bytes);
      continue;
    }
    const isClass = <u32>t < <u32>classes;
    const at = (<usize>t) << 2;
    const scale = load<f32>(scales + <usize>row * scaleStep) / divisor;
    const own: f64 = isClass ? (1 - smoothing) * (weight ? <f64>load<f32>(weight + at) : 1) : NaN;
    // −Σd, by which each class's probability is multiplied.
    const total = scale * <f32>(own + share * weights);
    const perClass = <f32>share * scale;
    const factor = f32x4.splat(total);
    const first = to;
    let w = weight;
    let left = classes;
    for (; left >= 4; left -= 4) {
      let value = f32x4.mul(v128.load(from), factor);
      if (smoothing != 0) {
        const d = weight ? f32x4.mul(v128.load(w), f32x4.splat(perClass)) : f32x4.splat(perClass);
        value = f32x4.sub(value, d);
        w += 16;
      }
      v128.store(to, value);
      from += 16;
      to += 16;
    }
    for (; left > 0; left--) {
      let value = load<f32>(from) * total;
      if (smoothing != 0) {
        value -= weight ? load<f32>(w) * perClass : perClass;
        w += 4;
      }
      store<f32>(to, value);
      from += 4;
      to += 4;
    }
    if (isClass) store<f32>(first + at, load<f32>(first + at) - scale * <f32>own);
  }
}

/**
 * Batch normalisation with the batch's own statistics, x [N, C, S]. The variance is taken in a second pass, about the
 * mean, with the mean's own rounding corrected; sums go to float64 every few hundred elements.
 */
import { addLanes, sumRow } from "./reduce";
import { loadLanes, storeLanes } from "./tile";

/** Vectors that are summed in float32 before the sum goes to float64. */
const STRETCH: i32 = 64;

/** What the last pass over a row has summed up. */
let firstSum: f64 = 0;
let secondSum: f64 = 0;

// @ts-ignore: decorator
@inline
function load4(pointer: usize, lanes: i32): v128 {
  return lanes == 4 ? v128.load(pointer) : loadLanes(pointer, lanes);
}

/** Adds Σ(x − centre) and Σ(x − centre)² to the two sums; with `g`, Σg and Σg·(x − centre). */
// @ts-ignore: decorator
@inline
function addMoments(WITH_GRADIENT: bool, x: usize, g: usize, centre: f32, count: i32): void {
  const shift = f32x4.splat(centre);
  while (count >= 4) {
    let first = f32x4.splat(0);
    let second = first;
    let vectors = min(count >> 2, STRETCH);
    count -= vectors << 2;
    for (; vectors > 0; vectors--) {
      const d = f32x4.sub(v128.load(x), shift);
      const other = WITH_GRADIENT ? v128.load(g) : d;
      first = f32x4.add(first, other);
      second = f32x4.add(second, f32x4.mul(d, other));
      x += 16;
      if (WITH_GRADIENT) g += 16;
    }
    firstSum += addLanes(first);
    secondSum += addLanes(second);
  }
  for (; count > 0; count--) {
    const d = <f64>(load<f32>(x) - centre);
    const other = WITH_GRADIENT ? <f64>load<f32>(g) : d;
    firstSum += other;
    secondSum += d * other;
    x += 4;
    if (WITH_GRADIENT) g += 4;
  }
}

function addOwnMoments(x: usize, centre: f32, count: i32): void {
  addMoments(false, x, 0, centre, count);
}

function addGradientMoments(x: usize, g: usize, centre: f32, count: i32): void {
  addMoments(true, x, g, centre, count);
}

/** Sums of four channels in float64. */
// @ts-ignore: decorator
@inline
function lowPair(value: v128): v128 {
  return f64x2.promote_low_f32x4(value);
}

// @ts-ignore: decorator
@inline
function highPair(value: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(value, value, 2, 3, 2, 3));
}

// @ts-ignore: decorator
@inline
function joinPairs(low: v128, high: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

// @ts-ignore: decorator
@inline
function store4(pointer: usize, value: v128, lanes: i32): void {
  if (lanes == 4) v128.store(pointer, value);
  else storeLanes(pointer, value, lanes);
}

/** mean[c] and biased variance[c] of channels [begin, end) over N and S. */
export function channelMoments(
  x: usize,
  mean: usize,
  variance: usize,
  batch: i32,
  channels: i32,
  inner: i32,
  begin: i32,
  end: i32,
): void {
  const total = <f64>batch * <f64>inner;
  const row = (<usize>inner) << 2;
  const image = <usize>channels * row;
  if (inner == 1) {
    for (let c = begin; c < end; c += 4) {
      const lanes = min(4, end - c);
      const shift = (<usize>c) << 2;
      let low = f64x2.splat(0);
      let high = low;
      let at = x + shift;
      for (let n = 0; n < batch; n++) {
        const value = load4(at, lanes);
        low = f64x2.add(low, lowPair(value));
        high = f64x2.add(high, highPair(value));
        at += image;
      }
      const divisor = f64x2.splat(total);
      low = f64x2.div(low, divisor);
      high = f64x2.div(high, divisor);
      let squareLow = f64x2.splat(0);
      let squareHigh = squareLow;
      at = x + shift;
      for (let n = 0; n < batch; n++) {
        const value = load4(at, lanes);
        const dLow = f64x2.sub(lowPair(value), low);
        const dHigh = f64x2.sub(highPair(value), high);
        squareLow = f64x2.add(squareLow, f64x2.mul(dLow, dLow));
        squareHigh = f64x2.add(squareHigh, f64x2.mul(dHigh, dHigh));
        at += image;
      }
      store4(mean + shift, joinPairs(low, high), lanes);
      store4(variance + shift, joinPairs(f64x2.div(squareLow, divisor), f64x2.div(squareHigh, divisor)), lanes);
    }
    return;
  }
  for (let c = begin; c < end; c++) {
    const first = x + <usize>c * row;
    let sum: f64 = 0;
    for (let n = 0; n < batch; n++) sum += sumRow(first + <usize>n * image, inner);
    const centre = <f32>(sum / total);
    firstSum = 0;
    secondSum = 0;
    for (let n = 0; n < batch; n++) addOwnMoments(first + <usize>n * image, centre, inner);
    const shift = (<usize>c) << 2;
    store<f32>(mean + shift, centre);
    store<f32>(variance + shift, <f32>((secondSum - (firstSum * firstSum) / total) / total));
  }
}

/** gradBias[c] = Σ g and gradWeight[c] = Σ g·(x − mean[c]) / √(variance[c] + eps) of channels [begin, end). */
export function channelGradientSums(
  gradOutput: usize,
  x: usize,
  mean: usize,
  variance: usize,
  gradWeight: usize,
  gradBias: usize,
  batch: i32,
  channels: i32,
  inner: i32,
  eps: f64,
  begin: i32,
  end: i32,
): void {
  const row = (<usize>inner) << 2;
  const image = <usize>channels * row;
  for (let c = begin; c < end; ) {
    const shift = (<usize>c) << 2;
    if (inner == 1) {
      const lanes = min(4, end - c);
      const centre = load4(mean + shift, lanes);
      let low = f64x2.splat(0);
      let high = low;
      let dotLow = low;
      let dotHigh = low;
      let at = shift;
      for (let n = 0; n < batch; n++) {
        const g = load4(gradOutput + at, lanes);
        const product = f32x4.mul(g, f32x4.sub(load4(x + at, lanes), centre));
        low = f64x2.add(low, lowPair(g));
        high = f64x2.add(high, highPair(g));
        dotLow = f64x2.add(dotLow, lowPair(product));
        dotHigh = f64x2.add(dotHigh, highPair(product));
        at += image;
      }
      store4(gradBias + shift, joinPairs(low, high), lanes);
      const spread = load4(variance + shift, lanes);
      const offset = f64x2.splat(eps);
      store4(
        gradWeight + shift,
        joinPairs(
          f64x2.div(dotLow, f64x2.sqrt(f64x2.add(lowPair(spread), offset))),
          f64x2.div(dotHigh, f64x2.sqrt(f64x2.add(highPair(spread), offset))),
        ),
        lanes,
      );
      c += lanes;
      continue;
    }
    const centre = load<f32>(mean + shift);
    firstSum = 0;
    secondSum = 0;
    for (let n = 0; n < batch; n++) {
      const at = <usize>n * image + <usize>c * row;
      addGradientMoments(x + at, gradOutput + at, centre, inner);
    }
    store<f32>(gradBias + shift, <f32>firstSum);
    store<f32>(gradWeight + shift, <f32>(secondSum / sqrt<f64>(<f64>load<f32>(variance + shift) + eps)));
    c++;
  }
}

/**
 * out = (x − mean[c])·factor[c] + offset[c], or, with `g`, out = (g − offset[c])·scale[c] − (x − mean[c])·factor[c],
 * for images [begin, end). The arrays have one float a channel.
 */
// @ts-ignore: decorator
@inline
function affine(
  WITH_GRADIENT: bool,
  x: usize,
  g: usize,
  mean: usize,
  factor: usize,
  offset: usize,
  scale: usize,
  out: usize,
  channels: i32,
  inner: i32,
  begin: i32,
  end: i32,
): void {
  // With one pixel a channel the vectors run over channels, else over a channel's pixels.
  const rows = inner == 1 ? end - begin : (end - begin) * channels;
  const count = inner == 1 ? channels : inner;
  let at = ((<usize>begin * <usize>channels * <usize>inner) << 2);
  let c: usize = 0;
  for (let row = 0; row < rows; row++) {
    let centres = v128.load32_splat(mean + c);
    let factors = v128.load32_splat(factor + c);
    let offsets = v128.load32_splat(offset + c);
    let scales = WITH_GRADIENT ? v128.load32_splat(scale + c) : factors;
    for (let i = 0; i < count; i += 4) {
      const lanes = min(4, count - i);
      if (inner == 1) {
        const shift = (<usize>i) << 2;
        centres = load4(mean + shift, lanes);
        factors = load4(factor + shift, lanes);
        offsets = load4(offset + shift, lanes);
        if (WITH_GRADIENT) scales = load4(scale + shift, lanes);
      }
      const scaled = f32x4.mul(f32x4.sub(load4(x + at, lanes), centres), factors);
      const y = WITH_GRADIENT
        ? f32x4.sub(f32x4.mul(f32x4.sub(load4(g + at, lanes), offsets), scales), scaled)
        : f32x4.add(scaled, offsets);
      store4(out + at, y, lanes);
      at += (<usize>lanes) << 2;
    }
    if (inner != 1) {
      c += 4;
      if (c == (<usize>channels) << 2) c = 0;
    }
  }
}

/** out = (x − mean[c])·factor[c] + offset[c] for images [begin, end). */
export function normalize(
  x: usize,
  mean: usize,
  factor: usize,
  offset: usize,
  out: usize,
  channels: i32,
  inner: i32,
  begin: i32,
  end: i32,
): void {
  affine(false, x, 0, mean, factor, offset, 0, out, channels, inner, begin, end);
}

/** out = (g − offset[c])·scale[c] − (x − mean[c])·factor[c] for images [begin, end). */
export function normalizeBackward(
  gradOutput: usize,
  x: usize,
  mean: usize,
  factor: usize,
  offset: usize,
  scale: usize,
  out: usize,
  channels: i32,
  inner: i32,
  begin: i32,
  end: i32,
): void {
  affine(true, x, gradOutput, mean, factor, offset, scale, out, channels, inner, begin, end);
}

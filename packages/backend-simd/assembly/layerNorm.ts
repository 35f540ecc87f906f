/** Layer normalisation of rows of `count` floats, one factor and one offset a column, and its gradients. */
import { addLanes, sumRow } from "./reduce";
import { loadLanes, storeLanes } from "./tile";

/** Vectors that are summed in float32 before the sum goes to float64. */
const STRETCH: i32 = 64;

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

/** The biased variance about `centre`, which is the mean but for rounding: what that leaves is subtracted. */
function varianceOfRow(x: usize, centre: f32, count: i32): f64 {
  const shift = f32x4.splat(centre);
  const total = <f64>count;
  let sum: f64 = 0;
  let squares: f64 = 0;
  while (count >= 4) {
    let first = f32x4.splat(0);
    let second = first;
    let vectors = min(count >> 2, STRETCH);
    count -= vectors << 2;
    for (; vectors > 0; vectors--) {
      const d = f32x4.sub(v128.load(x), shift);
      first = f32x4.add(first, d);
      second = f32x4.add(second, f32x4.mul(d, d));
      x += 16;
    }
    sum += addLanes(first);
    squares += addLanes(second);
  }
  for (; count > 0; count--) {
    const d = <f64>(load<f32>(x) - centre);
    sum += d;
    squares += d * d;
    x += 4;
  }
  return (squares - (sum * sum) / total) / total;
}

/** out = (x − mean)·rstd·weight + bias for rows [begin, end), and each row's mean and rstd = 1/√(variance + eps). */
export function layerNormRows(
  x: usize,
  weight: usize,
  bias: usize,
  out: usize,
  mean: usize,
  rstd: usize,
  count: i32,
  eps: f64,
  begin: i32,
  end: i32,
): void {
  const bytes = (<usize>count) << 2;
  for (let row = begin; row < end; row++) {
    const from = x + <usize>row * bytes;
    const to = out + <usize>row * bytes;
    const centre = <f32>(sumRow(from, count) / <f64>count);
    const inverse = <f32>(1 / sqrt<f64>(varianceOfRow(from, centre, count) + eps));
    store<f32>(mean + ((<usize>row) << 2), centre);
    store<f32>(rstd + ((<usize>row) << 2), inverse);
    const centres = f32x4.splat(centre);
    const inverses = f32x4.splat(inverse);
    for (let i = 0; i < count; i += 4) {
      const lanes = min(4, count - i);
      const at = (<usize>i) << 2;
      const normal = f32x4.mul(f32x4.sub(load4(from + at, lanes), centres), inverses);
      store4(to + at, f32x4.add(f32x4.mul(normal, load4(weight + at, lanes)), load4(bias + at, lanes)), lanes);
    }
  }
}

/** gradInput = (h − mean(h) − x̂·mean(h·x̂))·rstd with h = gradOutput·weight, for rows [begin, end). */
export function layerNormBackwardRows(
  gradOutput: usize,
  x: usize,
  mean: usize,
  rstd: usize,
  weight: usize,
  gradInput: usize,
  count: i32,
  begin: i32,
  end: i32,
): void {
  const bytes = (<usize>count) << 2;
  for (let row = begin; row < end; row++) {
    const shift = <usize>row * bytes;
    const centres = v128.load32_splat(mean + ((<usize>row) << 2));
    const inverses = v128.load32_splat(rstd + ((<usize>row) << 2));
    let sum: f64 = 0;
    let product: f64 = 0;
    let i = 0;
    while (i < count) {
      let first = f32x4.splat(0);
      let second = first;
      const stop = min(count, i + 4 * STRETCH);
      for (; i < stop; i += 4) {
        const lanes = min(4, count - i);
        const at = (<usize>i) << 2;
        const h = f32x4.mul(load4(gradOutput + shift + at, lanes), load4(weight + at, lanes));
        const normal = f32x4.mul(f32x4.sub(load4(x + shift + at, lanes), centres), inverses);
        first = f32x4.add(first, h);
        // Lanes beyond the row hold h = 0.
        second = f32x4.add(second, f32x4.mul(h, normal));
      }
      sum += addLanes(first);
      product += addLanes(second);
    }
    const own = f32x4.splat(<f32>(sum / <f64>count));
    const along = f32x4.splat(<f32>(product / <f64>count));
    for (i = 0; i < count; i += 4) {
      const lanes = min(4, count - i);
      const at = (<usize>i) << 2;
      const h = f32x4.mul(load4(gradOutput + shift + at, lanes), load4(weight + at, lanes));
      const normal = f32x4.mul(f32x4.sub(load4(x + shift + at, lanes), centres), inverses);
      const left = f32x4.sub(f32x4.sub(h, own), f32x4.mul(normal, along));
      store4(gradInput + shift + at, f32x4.mul(left, inverses), lanes);
    }
  }
}

/** gradBias[column] = Σ gradOutput and gradWeight[column] = Σ gradOutput·x̂ over all rows, for columns [begin, end). */
export function layerNormColumns(
  gradOutput: usize,
  x: usize,
  mean: usize,
  rstd: usize,
  gradWeight: usize,
  gradBias: usize,
  rows: i32,
  count: i32,
  begin: i32,
  end: i32,
): void {
  const bytes = (<usize>count) << 2;
  memory.fill(gradWeight + ((<usize>begin) << 2), 0, (<usize>(end - begin)) << 2);
  memory.fill(gradBias + ((<usize>begin) << 2), 0, (<usize>(end - begin)) << 2);
  // Some rows at a time, so that all columns of a cache line find it still there.
  for (let first = 0; first < rows; first += STRETCH) {
    const last = min(rows, first + STRETCH);
    for (let column = begin; column < end; column += 4) {
      const lanes = min(4, end - column);
      const shift = (<usize>column) << 2;
      let bias = f32x4.splat(0);
      let weight = bias;
      let at = <usize>first * bytes + shift;
      for (let row = first; row < last; row++) {
        const g = load4(gradOutput + at, lanes);
        const centred = f32x4.sub(load4(x + at, lanes), v128.load32_splat(mean + ((<usize>row) << 2)));
        bias = f32x4.add(bias, g);
        weight = f32x4.add(weight, f32x4.mul(g, f32x4.mul(centred, v128.load32_splat(rstd + ((<usize>row) << 2)))));
        at += bytes;
      }
      store4(gradBias + shift, f32x4.add(load4(gradBias + shift, lanes), bias), lanes);
      store4(gradWeight + shift, f32x4.add(load4(gradWeight + shift, lanes), weight), lanes);
    }
  }
}

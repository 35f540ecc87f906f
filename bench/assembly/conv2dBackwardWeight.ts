/**
 * The gradient of a convolution's weight as a first try writes it: 6 output channels × 2 neighbouring taps in registers, four
 * pixels at once, everything read where it lies.
 *
 * gradWeight[o, c, i, j] = Σ over n, y, x of gradOutput[n, o, y, x] · input[n, c, y + i, x + j]
 */
export function conv2dBackwardWeight(
  gradOutput: usize,
  input: usize,
  gradWeight: usize,
  batch: i32,
  channels: i32,
  size: i32,
  outputs: i32,
  kernel: i32,
): void {
  const taps = kernel * kernel;
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < kernel; i++) {
      for (let j = 0; j < kernel; ) {
        const step = j + 2 <= kernel ? 2 : 1;
        const from = input + ((<usize>((c * size + i) * size + j)) << 2);
        let o = 0;
        for (; o + 6 <= outputs; o += 6) {
          const to = gradWeight + ((<usize>((o * channels + c) * taps + i * kernel + j)) << 2);
          if (step == 2) six(true, gradOutput, from, to, o, batch, channels, size, outputs, kernel);
          else six(false, gradOutput, from, to, o, batch, channels, size, outputs, kernel);
        }
        for (; o < outputs; o++) {
          const to = gradWeight + ((<usize>((o * channels + c) * taps + i * kernel + j)) << 2);
          for (let tap = 0; tap < step; tap++) {
            const at = (<usize>tap) << 2;
            store<f32>(to + at, one(gradOutput, from + at, o, batch, channels, size, outputs, kernel));
          }
        }
        j += step;
      }
    }
  }
}

/** Six outputs, one tap or two. */
// @ts-ignore: decorator
@inline
function six(
  TWO: bool,
  gradOutput: usize,
  from: usize,
  to: usize,
  o: i32,
  batch: i32,
  channels: i32,
  size: i32,
  outputs: i32,
  kernel: i32,
): void {
  const side = size - kernel + 1;
  const plane = (<usize>(side * side)) << 2;
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  let c40 = c00;
  let c41 = c00;
  let c50 = c00;
  let c51 = c00;
  const plane2 = plane * 2;
  const plane3 = plane * 3;
  const plane4 = plane * 4;
  const plane5 = plane * 5;
  for (let n = 0; n < batch; n++) {
    let g = gradOutput + <usize>(n * outputs + o) * plane;
    for (let y = 0; y < side; y++) {
      let x = from + ((<usize>(n * channels * size * size + y * size)) << 2);
      let left = side;
      for (; left >= 4; left -= 4) {
        const x0 = v128.load(x);
        const x1 = TWO ? v128.load(x, 4) : x0;
        let d = v128.load(g);
        c00 = f32x4.add(c00, f32x4.mul(d, x0));
        if (TWO) c01 = f32x4.add(c01, f32x4.mul(d, x1));
        d = v128.load(g + plane);
        c10 = f32x4.add(c10, f32x4.mul(d, x0));
        if (TWO) c11 = f32x4.add(c11, f32x4.mul(d, x1));
        d = v128.load(g + plane2);
        c20 = f32x4.add(c20, f32x4.mul(d, x0));
        if (TWO) c21 = f32x4.add(c21, f32x4.mul(d, x1));
        d = v128.load(g + plane3);
        c30 = f32x4.add(c30, f32x4.mul(d, x0));
        if (TWO) c31 = f32x4.add(c31, f32x4.mul(d, x1));
        d = v128.load(g + plane4);
        c40 = f32x4.add(c40, f32x4.mul(d, x0));
        if (TWO) c41 = f32x4.add(c41, f32x4.mul(d, x1));
        d = v128.load(g + plane5);
        c50 = f32x4.add(c50, f32x4.mul(d, x0));
        if (TWO) c51 = f32x4.add(c51, f32x4.mul(d, x1));
        x += 16;
        g += 16;
      }
      for (; left > 0; left--) {
        // One pixel in the first lane, zeros in the others.
        const x0 = v128.load32_zero(x);
        const x1 = TWO ? v128.load32_zero(x, 4) : x0;
        c00 = f32x4.add(c00, f32x4.mul(v128.load32_zero(g), x0));
        c10 = f32x4.add(c10, f32x4.mul(v128.load32_zero(g + plane), x0));
        c20 = f32x4.add(c20, f32x4.mul(v128.load32_zero(g + plane2), x0));
        c30 = f32x4.add(c30, f32x4.mul(v128.load32_zero(g + plane3), x0));
        c40 = f32x4.add(c40, f32x4.mul(v128.load32_zero(g + plane4), x0));
        c50 = f32x4.add(c50, f32x4.mul(v128.load32_zero(g + plane5), x0));
        if (TWO) {
          c01 = f32x4.add(c01, f32x4.mul(v128.load32_zero(g), x1));
          c11 = f32x4.add(c11, f32x4.mul(v128.load32_zero(g + plane), x1));
          c21 = f32x4.add(c21, f32x4.mul(v128.load32_zero(g + plane2), x1));
          c31 = f32x4.add(c31, f32x4.mul(v128.load32_zero(g + plane3), x1));
          c41 = f32x4.add(c41, f32x4.mul(v128.load32_zero(g + plane4), x1));
          c51 = f32x4.add(c51, f32x4.mul(v128.load32_zero(g + plane5), x1));
        }
        x += 4;
        g += 4;
      }
    }
  }
  const step = (<usize>(channels * kernel * kernel)) << 2;
  storeSums(TWO, to, c00, c01);
  storeSums(TWO, (to += step), c10, c11);
  storeSums(TWO, (to += step), c20, c21);
  storeSums(TWO, (to += step), c30, c31);
  storeSums(TWO, (to += step), c40, c41);
  storeSums(TWO, (to += step), c50, c51);
}

// @ts-ignore: decorator
@inline
function storeSums(TWO: bool, to: usize, first: v128, second: v128): void {
  store<f32>(to, sum(first));
  if (TWO) store<f32>(to, sum(second), 4);
}

function sum(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/** One output, one tap. */
function one(
  gradOutput: usize,
  from: usize,
  o: i32,
  batch: i32,
  channels: i32,
  size: i32,
  outputs: i32,
  kernel: i32,
): f32 {
  const side = size - kernel + 1;
  let sums = f32x4.splat(0);
  let rest: f32 = 0;
  for (let n = 0; n < batch; n++) {
    let g = gradOutput + ((<usize>((n * outputs + o) * side * side)) << 2);
    for (let y = 0; y < side; y++) {
      let x = from + ((<usize>(n * channels * size * size + y * size)) << 2);
      let left = side;
      for (; left >= 4; left -= 4) {
        sums = f32x4.add(sums, f32x4.mul(v128.load(g), v128.load(x)));
        x += 16;
        g += 16;
      }
      for (; left > 0; left--) {
        rest += load<f32>(g) * load<f32>(x);
        x += 4;
        g += 4;
      }
    }
  }
  return sum(sums) + rest;
}

/**
 * Convolutions of NCHW images, stride 1, as a first try writes them: 6 output channels × 8 pixels of a row in registers,
 * everything read where it lies.
 */

/** output[n, o, y, x] = bias[o] + Σ over c, i, j of weight[o, c, i, j] · input[n, c, y + i, x + j] */
export function conv2d(
  input: usize,
  weight: usize,
  bias: usize,
  output: usize,
  batch: i32,
  channels: i32,
  size: i32,
  outputs: i32,
  kernel: i32,
): void {
  const taps = kernel * kernel;
  correlate(input, weight, channels * taps, taps, 1, bias, output, batch, channels, size, outputs, kernel);
}

/**
 * The gradient of the input: the output's gradient in a border of zeros (in `scratch`), correlated with the weight turned
 * by half a circle, inputs and outputs exchanged.
 */
export function conv2dBackwardInput(
  gradOutput: usize,
  weight: usize,
  gradInput: usize,
  batch: i32,
  channels: i32,
  size: i32,
  outputs: i32,
  kernel: i32,
  scratch: usize,
): void {
  const side = size - kernel + 1;
  const padded = side + 2 * (kernel - 1);
  const planes = batch * outputs;
  memory.fill(scratch, 0, (<usize>(planes * padded * padded)) << 2);
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < side; y++) {
      const to = scratch + ((<usize>((plane * padded + y + kernel - 1) * padded + kernel - 1)) << 2);
      memory.copy(to, gradOutput + ((<usize>((plane * side + y) * side)) << 2), (<usize>side) << 2);
    }
  }
  const taps = kernel * kernel;
  const last = weight + ((<usize>(taps - 1)) << 2);
  correlate(scratch, last, taps, channels * taps, -1, 0, gradInput, batch, outputs, padded, channels, kernel);
}

/**
 * @param weight - of the first output, the first input and the first tap; the next ones lie so many floats on:
 * @param toOutput
 * @param toChannel
 * @param toTap
 */
function correlate(
  input: usize,
  weight: usize,
  toOutput: i32,
  toChannel: i32,
  toTap: i32,
  bias: usize,
  output: usize,
  batch: i32,
  channels: i32,
  size: i32,
  outputs: i32,
  kernel: i32,
): void {
  const side = size - kernel + 1;
  const wOutput = (<isize>toOutput) << 2;
  const wChannel = (<isize>toChannel) << 2;
  const wTap = (<isize>toTap) << 2;
  const plane = (<usize>(size * size)) << 2;
  const outPlane = (<usize>(side * side)) << 2;
  for (let n = 0; n < batch; n++) {
    const image = input + <usize>(n * channels) * plane;
    let o = 0;
    for (; o + 6 <= outputs; o += 6) {
      const w = weight + <usize>(o * wOutput);
      const to = output + <usize>(n * outputs + o) * outPlane;
      const b = bias == 0 ? <usize>0 : bias + ((<usize>o) << 2);
      for (let y = 0; y < side; y++) {
        const row = image + ((<usize>(y * size)) << 2);
        const out = to + ((<usize>(y * side)) << 2);
        let x = 0;
        for (; x + 8 <= side; x += 8) {
          const at = (<usize>x) << 2;
          six(true, row + at, size, plane, w, wOutput, wChannel, wTap, b, out + at, outPlane, channels, kernel);
        }
        for (; x + 4 <= side; x += 4) {
          const at = (<usize>x) << 2;
          six(false, row + at, size, plane, w, wOutput, wChannel, wTap, b, out + at, outPlane, channels, kernel);
        }
        if (x == side) continue;
        for (let k = 0; k < 6; k++) {
          const own = w + <usize>(k * wOutput);
          const start: f32 = b == 0 ? 0 : load<f32>(b + ((<usize>k) << 2));
          single(row, x, side, size, plane, own, wChannel, wTap, start, out + <usize>k * outPlane, channels, kernel);
        }
      }
    }
    for (; o < outputs; o++) {
      const w = weight + <usize>(o * wOutput);
      const to = output + <usize>(n * outputs + o) * outPlane;
      const start: f32 = bias == 0 ? 0 : load<f32>(bias + ((<usize>o) << 2));
      for (let y = 0; y < side; y++) {
        const row = image + ((<usize>(y * size)) << 2);
        single(row, 0, side, size, plane, w, wChannel, wTap, start, to + ((<usize>(y * side)) << 2), channels, kernel);
      }
    }
  }
}

/** 8 pixels of 6 outputs, or 4 at a row's end. */
// @ts-ignore: decorator
@inline
function six(
  WIDE: bool,
  input: usize,
  size: i32,
  plane: usize,
  weight: usize,
  wOutput: isize,
  wChannel: isize,
  wTap: isize,
  bias: usize,
  output: usize,
  outPlane: usize,
  channels: i32,
  kernel: i32,
): void {
  let c00 = f32x4.splat(0);
  let c10 = c00;
  let c20 = c00;
  let c30 = c00;
  let c40 = c00;
  let c50 = c00;
  if (bias != 0) {
    c00 = v128.load32_splat(bias);
    c10 = v128.load32_splat(bias, 4);
    c20 = v128.load32_splat(bias, 8);
    c30 = v128.load32_splat(bias, 12);
    c40 = v128.load32_splat(bias, 16);
    c50 = v128.load32_splat(bias, 20);
  }
  let c01 = c00;
  let c11 = c10;
  let c21 = c20;
  let c31 = c30;
  let c41 = c40;
  let c51 = c50;
  const wOutput2 = wOutput * 2;
  const wOutput3 = wOutput * 3;
  const wOutput4 = wOutput * 4;
  const wOutput5 = wOutput * 5;
  for (let c = 0; c < channels; c++) {
    let w = weight + <usize>(c * wChannel);
    let row = input + <usize>c * plane;
    for (let i = 0; i < kernel; i++) {
      let from = row;
      for (let j = 0; j < kernel; j++) {
        const x0 = v128.load(from);
        const x1 = WIDE ? v128.load(from, 16) : x0;
        let s = v128.load32_splat(w);
        c00 = f32x4.add(c00, f32x4.mul(s, x0));
        if (WIDE) c01 = f32x4.add(c01, f32x4.mul(s, x1));
        s = v128.load32_splat(w + <usize>wOutput);
        c10 = f32x4.add(c10, f32x4.mul(s, x0));
        if (WIDE) c11 = f32x4.add(c11, f32x4.mul(s, x1));
        s = v128.load32_splat(w + <usize>wOutput2);
        c20 = f32x4.add(c20, f32x4.mul(s, x0));
        if (WIDE) c21 = f32x4.add(c21, f32x4.mul(s, x1));
        s = v128.load32_splat(w + <usize>wOutput3);
        c30 = f32x4.add(c30, f32x4.mul(s, x0));
        if (WIDE) c31 = f32x4.add(c31, f32x4.mul(s, x1));
        s = v128.load32_splat(w + <usize>wOutput4);
        c40 = f32x4.add(c40, f32x4.mul(s, x0));
        if (WIDE) c41 = f32x4.add(c41, f32x4.mul(s, x1));
        s = v128.load32_splat(w + <usize>wOutput5);
        c50 = f32x4.add(c50, f32x4.mul(s, x0));
        if (WIDE) c51 = f32x4.add(c51, f32x4.mul(s, x1));
        from += 4;
        w += <usize>wTap;
      }
      row += (<usize>size) << 2;
    }
  }
  v128.store(output, c00);
  if (WIDE) v128.store(output, c01, 16);
  output += outPlane;
  v128.store(output, c10);
  if (WIDE) v128.store(output, c11, 16);
  output += outPlane;
  v128.store(output, c20);
  if (WIDE) v128.store(output, c21, 16);
  output += outPlane;
  v128.store(output, c30);
  if (WIDE) v128.store(output, c31, 16);
  output += outPlane;
  v128.store(output, c40);
  if (WIDE) v128.store(output, c41, 16);
  output += outPlane;
  v128.store(output, c50);
  if (WIDE) v128.store(output, c51, 16);
}

/** The pixels [x, side) of one row of one output: 8 at once, 4, then one by one. */
function single(
  row: usize,
  x: i32,
  side: i32,
  size: i32,
  plane: usize,
  weight: usize,
  wChannel: isize,
  wTap: isize,
  bias: f32,
  output: usize,
  channels: i32,
  kernel: i32,
): void {
  for (; x + 8 <= side; x += 8) {
    let sum0 = f32x4.splat(bias);
    let sum1 = sum0;
    for (let c = 0; c < channels; c++) {
      let w = weight + <usize>(c * wChannel);
      for (let i = 0; i < kernel; i++) {
        let from = row + <usize>c * plane + ((<usize>(i * size + x)) << 2);
        for (let j = 0; j < kernel; j++) {
          const s = v128.load32_splat(w);
          sum0 = f32x4.add(sum0, f32x4.mul(s, v128.load(from)));
          sum1 = f32x4.add(sum1, f32x4.mul(s, v128.load(from, 16)));
          from += 4;
          w += <usize>wTap;
        }
      }
    }
    v128.store(output + ((<usize>x) << 2), sum0);
    v128.store(output + ((<usize>x) << 2), sum1, 16);
  }
  for (; x + 4 <= side; x += 4) {
    let sum = f32x4.splat(bias);
    for (let c = 0; c < channels; c++) {
      let w = weight + <usize>(c * wChannel);
      for (let i = 0; i < kernel; i++) {
        let from = row + <usize>c * plane + ((<usize>(i * size + x)) << 2);
        for (let j = 0; j < kernel; j++) {
          sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(w), v128.load(from)));
          from += 4;
          w += <usize>wTap;
        }
      }
    }
    v128.store(output + ((<usize>x) << 2), sum);
  }
  for (; x < side; x++) {
    let sum = bias;
    for (let c = 0; c < channels; c++) {
      let w = weight + <usize>(c * wChannel);
      for (let i = 0; i < kernel; i++) {
        let from = row + <usize>c * plane + ((<usize>(i * size + x)) << 2);
        for (let j = 0; j < kernel; j++) {
          sum += load<f32>(w) * load<f32>(from);
          from += 4;
          w += <usize>wTap;
        }
      }
    }
    store<f32>(output + ((<usize>x) << 2), sum);
  }
}

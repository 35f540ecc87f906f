/** Max pooling of NCHW images with PyTorch's semantics, and its gradient. */
import { rectified } from "./unary";

/** Window, stride, padding and dilation of a pooling, as the host writes them: i32 in this order. */
@unmanaged
export class Pool2dGeometry {
  inHeight: i32;
  inWidth: i32;
  outHeight: i32;
  outWidth: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  padTop: i32;
  padLeft: i32;
  dilationHeight: i32;
  dilationWidth: i32;
  /** 0: NaN wins over every number (PyTorch). 1: it is passed over (TensorFlow.js). */
  ignoreNaN: i32;
  /** 1: each pixel counts as max(0, pixel). */
  rectified: i32;
}

/** One window: NaN if there is one (and it counts, or there is nothing else), else the first of the largest. */
function poolWindow(g: Pool2dGeometry, plane: usize, y: i32, x: i32, value: usize, index: usize): void {
  const top = y * g.strideHeight - g.padTop;
  const left = x * g.strideWidth - g.padLeft;
  let best: f32 = -Infinity;
  let bestIndex = -1;
  for (let i = 0; i < g.kernelHeight; i++) {
    const row = top + i * g.dilationHeight;
    if (row < 0 || row >= g.inHeight) continue;
    for (let j = 0; j < g.kernelWidth; j++) {
      const column = left + j * g.dilationWidth;
      if (column < 0 || column >= g.inWidth) continue;
      const at = row * g.inWidth + column;
      let pixel = load<f32>(plane + ((<usize>at) << 2));
      if (g.rectified && pixel <= 0) pixel = 0;
      const byNaN = g.ignoreNaN ? best != best : pixel != pixel;
      // A window of −∞ alone still has a winner: its first pixel.
      if (bestIndex < 0 || pixel > best || byNaN) {
        best = pixel;
        bestIndex = at;
      }
    }
  }
  store<f32>(value, best);
  store<i32>(index, bestIndex);
}

/** Lane by lane whether `next` beats `best`, which then becomes it, and `where` becomes `index`. Without NaN. */
// @ts-ignore: decorator
@inline
function winner(best: v128, next: v128, where: v128, index: v128): v128 {
  return v128.bitselect(index, where, f32x4.gt(next, best));
}

/** 2 × 2 windows side by side, 4 at a time: `count` outputs of one row, a multiple of 4. */
function poolPairs(g: Pool2dGeometry, plane: usize, y: i32, count: i32, value: usize, index: usize): void {
  const width = g.inWidth;
  const rowBytes = (<usize>width) << 2;
  const first = 2 * y * width;
  const zero = f32x4.splat(0);
  const right = i32x4.splat(1);
  const below = i32x4.splat(width);
  let top = plane + ((<usize>first) << 2);
  let at = i32x4.add(i32x4.splat(first), i32x4(0, 2, 4, 6));
  for (let x = 0; x < count; x += 4) {
    const t0 = v128.load(top);
    const t1 = v128.load(top, 16);
    const b0 = v128.load(top + rowBytes);
    const b1 = v128.load(top + rowBytes, 16);
    const x0 = v128.shuffle<f32>(t0, t1, 0, 2, 4, 6);
    const x1 = v128.shuffle<f32>(t0, t1, 1, 3, 5, 7);
    const x2 = v128.shuffle<f32>(b0, b1, 0, 2, 4, 6);
    const x3 = v128.shuffle<f32>(b0, b1, 1, 3, 5, 7);
    // A sum is NaN if a term is (or where infinities cancel): then the windows are looked at one by one.
    const sum = f32x4.add(f32x4.add(x0, x1), f32x4.add(x2, x3));
    if (v128.any_true(f32x4.ne(sum, sum))) {
      for (let i = 0; i < 4; i++) {
        poolWindow(g, plane, y, x + i, value + ((<usize>i) << 2), index + ((<usize>i) << 2));
      }
    } else {
      let where = winner(x0, x1, at, i32x4.add(at, right));
      let best = f32x4.pmax(x0, x1);
      const under = i32x4.add(at, below);
      where = winner(best, x2, where, under);
      best = f32x4.pmax(best, x2);
      where = winner(best, x3, where, i32x4.add(under, right));
      best = f32x4.pmax(best, x3);
      if (g.rectified) {
        // Where none is above 0 all count as 0, and the first of equals wins.
        where = v128.bitselect(at, where, f32x4.le(best, zero));
        best = rectified(best);
      }
      v128.store(value, best);
      v128.store(index, where);
    }
    top += 32;
    value += 16;
    index += 16;
    at = i32x4.add(at, i32x4.splat(8));
  }
}

/** `count` planes at `from` to the planes of `output` and `indices` [planes, Ho, Wo] from `first` on. */
export function poolPlanes(
  g: Pool2dGeometry,
  from: usize,
  count: i32,
  output: usize,
  indices: usize,
  first: i32,
): void {
  const inBytes = (<usize>(g.inHeight * g.inWidth)) << 2;
  const outBytes = (<usize>(g.outHeight * g.outWidth)) << 2;
  const pairs =
    g.kernelHeight == 2 &&
    g.kernelWidth == 2 &&
    g.strideHeight == 2 &&
    g.strideWidth == 2 &&
    g.dilationHeight == 1 &&
    g.dilationWidth == 1 &&
    g.padTop == 0 &&
    g.padLeft == 0;
  // Padding at the bottom or right, or ceil mode, may let the last windows hang over the edge.
  const wholeRows = pairs ? min(g.outHeight, g.inHeight >> 1) : 0;
  const wholeColumns = pairs ? min(g.outWidth, g.inWidth >> 1) & ~3 : 0;
  for (let plane = 0; plane < count; plane++) {
    for (let y = 0; y < g.outHeight; y++) {
      const row = <usize>(first + plane) * outBytes + ((<usize>(y * g.outWidth)) << 2);
      let x = 0;
      if (y < wholeRows) {
        poolPairs(g, from, y, wholeColumns, output + row, indices + row);
        x = wholeColumns;
      }
      for (; x < g.outWidth; x++) {
        const at = row + ((<usize>x) << 2);
        poolWindow(g, from, y, x, output + at, indices + at);
      }
    }
    from += inBytes;
  }
}

/** Planes [begin, end) of `input` [planes, H, W] to `output` and `indices` [planes, Ho, Wo]. */
export function maxPool2d(geometry: usize, input: usize, output: usize, indices: usize, begin: i32, end: i32): void {
  const g = changetype<Pool2dGeometry>(geometry);
  const inBytes = (<usize>(g.inHeight * g.inWidth)) << 2;
  poolPlanes(g, input + <usize>begin * inBytes, end - begin, output, indices, begin);
}

/**
 * Planes [begin, end) of gradInput [planes, H·W] from gradOutput [planes, Ho·Wo] and the indices of the winners. An index
 * outside the plane is passed over.
 */
export function maxPool2dBackward(
  gradOutput: usize,
  indices: usize,
  gradInput: usize,
  outSize: i32,
  inSize: i32,
  begin: i32,
  end: i32,
): void {
  const outBytes = (<usize>outSize) << 2;
  const inBytes = (<usize>inSize) << 2;
  memory.fill(gradInput + <usize>begin * inBytes, 0, <usize>(end - begin) * inBytes);
  for (let plane = begin; plane < end; plane++) {
    const target = gradInput + <usize>plane * inBytes;
    let at = <usize>plane * outBytes;
    const last = at + outBytes;
    for (; at < last; at += 4) {
      const index = load<u32>(indices + at);
      if (index >= <u32>inSize) continue;
      const pixel = target + ((<usize>index) << 2);
      store<f32>(pixel, load<f32>(pixel) + load<f32>(gradOutput + at));
    }
  }
}

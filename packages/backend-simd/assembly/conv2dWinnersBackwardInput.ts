/** The input's gradient where only a pooling's winners carry gradient: each adds the weights, times the gradient, to its window. */
import { aligned, Conv2dGeometry } from "./conv2dGeometry";
import { copyFromFrame, frameBytes, imagesAtOnce, listWinners, runOf, vectorsOf, writeCorners } from "./conv2dWinners";
import { madd } from "./madd";

/** Adds gradient · weights to VECTORS ≤ 8 vectors of every window listed; PARTIAL: of the last one only the lanes of `mask`. */
// @ts-ignore: decorator
@inline
function spreadWindows(
  VECTORS: i32,
  PARTIAL: bool,
  mask: v128,
  list: usize,
  end: usize,
  target: usize,
  weights: usize,
): void {
  const w0 = v128.load(weights);
  const w1 = VECTORS > 1 ? v128.load(weights, 16) : w0;
  const w2 = VECTORS > 2 ? v128.load(weights, 32) : w0;
  const w3 = VECTORS > 3 ? v128.load(weights, 48) : w0;
  const w4 = VECTORS > 4 ? v128.load(weights, 64) : w0;
  const w5 = VECTORS > 5 ? v128.load(weights, 80) : w0;
  const w6 = VECTORS > 6 ? v128.load(weights, 96) : w0;
  const w7 = VECTORS > 7 ? v128.load(weights, 112) : w0;
  for (; list < end; list += 8) {
    const gradient = v128.load32_splat(list, 4);
    const to = target + <usize>load<u32>(list);
    spread(VECTORS == 1 && PARTIAL, mask, to, gradient, w0);
    if (VECTORS > 1) spread(VECTORS == 2 && PARTIAL, mask, to + 16, gradient, w1);
    if (VECTORS > 2) spread(VECTORS == 3 && PARTIAL, mask, to + 32, gradient, w2);
    if (VECTORS > 3) spread(VECTORS == 4 && PARTIAL, mask, to + 48, gradient, w3);
    if (VECTORS > 4) spread(VECTORS == 5 && PARTIAL, mask, to + 64, gradient, w4);
    if (VECTORS > 5) spread(VECTORS == 6 && PARTIAL, mask, to + 80, gradient, w5);
    if (VECTORS > 6) spread(VECTORS == 7 && PARTIAL, mask, to + 96, gradient, w6);
    if (VECTORS > 7) spread(VECTORS == 8 && PARTIAL, mask, to + 112, gradient, w7);
  }
}

// @ts-ignore: decorator
@inline
function spread(MASKED: bool, mask: v128, to: usize, gradient: v128, weight: v128): void {
  const before = v128.load(to);
  // Lanes past the window belong to its neighbour: infinity · 0 must not reach it.
  v128.store(to, MASKED ? f32x4.add(before, v128.and(mask, f32x4.mul(gradient, weight))) : madd(before, gradient, weight));
}

// @ts-ignore: decorator
@inline
function spreadPart(
  VECTORS: i32,
  partial: bool,
  mask: v128,
  list: usize,
  end: usize,
  target: usize,
  weights: usize,
): void {
  if (partial) spreadWindows(VECTORS, true, mask, list, end, target, weights);
  else spreadWindows(VECTORS, false, mask, list, end, target, weights);
}

/** Every row of the window of one output channel. */
function spreadAllRows(g: Conv2dGeometry, list: usize, end: usize, target: usize, weights: usize): void {
  const vectors = vectorsOf(g);
  const rest = runOf(g) & 3;
  const mask = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(rest));
  const rowBytes = (<usize>(g.dilationHeight * g.frameWidth * g.groupIn)) << 2;
  for (let row = 0; row < g.kernelHeight; row++) {
    for (let vector = 0; vector < vectors; vector += 8) {
      const to = target + ((<usize>vector) << 4);
      const count = min(8, vectors - vector);
      const partial = rest != 0 && vector + count == vectors;
      if (count == 8) spreadPart(8, partial, mask, list, end, to, weights);
      else if (count == 7) spreadPart(7, partial, mask, list, end, to, weights);
      else if (count == 6) spreadPart(6, partial, mask, list, end, to, weights);
      else if (count == 5) spreadPart(5, partial, mask, list, end, to, weights);
      else if (count == 4) spreadPart(4, partial, mask, list, end, to, weights);
      else if (count == 3) spreadPart(3, partial, mask, list, end, to, weights);
      else if (count == 2) spreadPart(2, partial, mask, list, end, to, weights);
      else spreadPart(1, partial, mask, list, end, to, weights);
      weights += (<usize>count) << 4;
    }
    target += rowBytes;
  }
}

/** weight[O, C, kh, kw] as [output channel][row][column][channel], each row filled up with 0 to whole vectors. */
function packWeights(g: Conv2dGeometry, weight: usize, packed: usize): void {
  const groupIn = g.groupIn;
  const width = g.kernelWidth;
  const plane = g.kernelHeight * width;
  const padding = (vectorsOf(g) << 2) - runOf(g);
  for (let channel = 0; channel < g.outChannels; channel++) {
    for (let i = 0; i < g.kernelHeight; i++) {
      for (let j = 0; j < width; j++) {
        for (let c = 0; c < groupIn; c++) {
          store<u32>(packed, load<u32>(weight + ((<usize>((channel * groupIn + c) * plane + i * width + j)) << 2)));
          packed += 4;
        }
      }
      for (let i = 0; i < padding; i++) {
        store<u32>(packed, 0);
        packed += 4;
      }
    }
  }
}

/** gradInput[N, C, H, W] of images [begin, end), from the same. */
export function conv2dWinnersBackwardInput(
  geometry: usize,
  gradOutput: usize,
  indices: usize,
  windows: i32,
  weight: usize,
  gradInput: usize,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  const g = changetype<Conv2dGeometry>(geometry);
  const groupOut = g.groupOut;
  const images = imagesAtOnce(g, windows);
  const frame = frameBytes(g);
  const corners = aligned(scratch);
  const frames = corners + aligned(<usize>(g.outHeight * g.outWidth) << 2);
  const list = frames + <usize>images * frame;
  const packed = list + aligned(<usize>(images * windows) << 3);
  const imageBytes = (<usize>(g.groupIn * g.inHeight * g.inWidth)) << 2;
  const channelBytes = (<usize>(g.kernelHeight * vectorsOf(g))) << 4;
  writeCorners(g, corners);
  packWeights(g, weight, packed);
  for (let image = begin; image < end; image += images) {
    const many = min(images, end - image);
    for (let group = 0; group < g.groups; group++) {
      memory.fill(frames, 0, <usize>many * frame);
      for (let channel = group * groupOut; channel < (group + 1) * groupOut; channel++) {
        const plane = (<usize>((image * g.outChannels + channel) * windows)) << 2;
        const last = listWinners(g, gradOutput + plane, indices + plane, windows, many, frame, corners, list);
        spreadAllRows(g, list, last, frames, packed + <usize>channel * channelBytes);
      }
      for (let i = 0; i < many; i++) {
        const target = gradInput + <usize>((image + i) * g.groups + group) * imageBytes;
        copyFromFrame(g, frames + <usize>i * frame, target);
      }
    }
  }
}

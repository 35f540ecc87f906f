/**
 * The gradients of a convolution whose output only a max pooling has read: of each pooling window one pixel, the winner,
 * carries gradient, all others carry none. So each winner's window is visited once and nothing else is.
 *
 * Images lie in frames [row][column][channel] here, padding included: then a row of a window, all its channels, is one run
 * of numbers, whatever the stride. For each output channel the winners that do carry gradient are listed first.
 */
import { aligned, Conv2dGeometry } from "./conv2dGeometry";
import { transposeMatrix } from "./copy";
import { madd } from "./madd";

/** Bytes of the images that are worked on at once, so that they and the list stay in the first cache. */
const BYTES_AT_ONCE: i32 = 16384;
/** Winners of one channel that are summed up in registers, if that takes several images: sums of sums round less. */
const WINNERS_AT_ONCE: i32 = 128;

/** Numbers of one row of a window. */
// @ts-ignore: decorator
@inline
function runOf(g: Conv2dGeometry): i32 {
  return g.kernelWidth * g.groupIn;
}

/** Vectors of one row of a window, the last one filled up. */
// @ts-ignore: decorator
@inline
function vectorsOf(g: Conv2dGeometry): i32 {
  return (runOf(g) + 3) >> 2;
}

/** Bytes of one frame, and of the vector that may be read past it. */
function frameBytes(g: Conv2dGeometry): usize {
  return aligned((<usize>(g.frameHeight * g.frameWidth * g.groupIn) << 2) + 16);
}

function imagesAtOnce(g: Conv2dGeometry, windows: i32): i32 {
  const most = min(BYTES_AT_ONCE / <i32>frameBytes(g), WINNERS_AT_ONCE / windows);
  return max(1, min(g.batch, most));
}

/** `windows`: how many of them the pooling has in one plane. */
export function conv2dWinnersScratchBytes(geometry: usize, windows: i32): usize {
  const g = changetype<Conv2dGeometry>(geometry);
  const images = imagesAtOnce(g, windows);
  return (
    aligned(<usize>(g.outHeight * g.outWidth) << 2) + // corners
    <usize>images * frameBytes(g) +
    aligned(<usize>(images * windows) << 3) + // the list
    aligned(<usize>(g.outChannels * g.kernelHeight * vectorsOf(g)) << 4) + // weights, or their gradient's sums
    128
  );
}

/** For each pixel of the output, how many bytes after the frame's start its window's corner lies. */
function writeCorners(g: Conv2dGeometry, corners: usize): void {
  const pixel = g.groupIn << 2;
  for (let y = 0; y < g.outHeight; y++) {
    for (let x = 0; x < g.outWidth; x++) {
      store<i32>(corners, (y * g.strideHeight * g.frameWidth + x * g.strideWidth) * pixel);
      corners += 4;
    }
  }
}

/** One group of one image, [channel][row][column], to a frame; what padding adds is 0, what it crops is left out. */
function copyToFrame(g: Conv2dGeometry, image: usize, frame: usize): void {
  const channels = g.groupIn;
  const pixel = (<usize>channels) << 2;
  const plane = (<usize>(g.inHeight * g.inWidth)) << 2;
  if (!g.padded) {
    transposeMatrix(image, plane, frame, pixel, channels, g.inHeight * g.inWidth);
    return;
  }
  memory.fill(frame, 0, frameBytes(g));
  const firstColumn = max(0, -g.padLeft);
  const lastColumn = min(g.inWidth, g.frameWidth - g.padLeft);
  if (lastColumn <= firstColumn) return;
  for (let y = max(0, -g.padTop); y < min(g.inHeight, g.frameHeight - g.padTop); y++) {
    const from = image + ((<usize>(y * g.inWidth + firstColumn)) << 2);
    const to = frame + <usize>((y + g.padTop) * g.frameWidth + firstColumn + g.padLeft) * pixel;
    transposeMatrix(from, plane, to, pixel, channels, lastColumn - firstColumn);
  }
}

/** A frame back to one group of one image; pixels that padding crops are 0. */
function copyFromFrame(g: Conv2dGeometry, frame: usize, image: usize): void {
  const channels = g.groupIn;
  const pixel = (<usize>channels) << 2;
  const plane = (<usize>(g.inHeight * g.inWidth)) << 2;
  if (!g.padded) {
    transposeMatrix(frame, pixel, image, plane, g.inHeight * g.inWidth, channels);
    return;
  }
  memory.fill(image, 0, <usize>channels * plane);
  const firstColumn = max(0, -g.padLeft);
  const lastColumn = min(g.inWidth, g.frameWidth - g.padLeft);
  if (lastColumn <= firstColumn) return;
  for (let y = max(0, -g.padTop); y < min(g.inHeight, g.frameHeight - g.padTop); y++) {
    const from = frame + <usize>((y + g.padTop) * g.frameWidth + firstColumn + g.padLeft) * pixel;
    const to = image + ((<usize>(y * g.inWidth + firstColumn)) << 2);
    transposeMatrix(from, pixel, to, plane, lastColumn - firstColumn, channels);
  }
}

/**
 * Lists the winners of one output channel that carry gradient: where their windows' corners lie, frames being `frame` bytes
 * apart, and the gradient.
 *
 * @returns the list's end
 */
function listWinners(
  g: Conv2dGeometry,
  gradOutput: usize,
  indices: usize,
  windows: i32,
  images: i32,
  frame: usize,
  corners: usize,
  list: usize,
): usize {
  const pixels = <u32>(g.outHeight * g.outWidth);
  const imageBytes = (<usize>(g.outChannels * windows)) << 2;
  let start: u32 = 0;
  for (let image = 0; image < images; image++) {
    const end = gradOutput + ((<usize>windows) << 2);
    let from = gradOutput;
    let at = indices;
    for (; from < end; from += 4) {
      const gradient = load<u32>(from);
      const index = load<u32>(at);
      const inside = index < pixels;
      store<u32>(list, start + load<u32>(corners + ((<usize>(inside ? index : 0)) << 2)));
      store<u32>(list, gradient, 4);
      // Neither 0 nor −0.
      list += <usize>(i32(inside) & i32(gradient << 1 != 0)) << 3;
      at += 4;
    }
    gradOutput += imageBytes;
    indices += imageBytes;
    start += <u32>frame;
  }
  return list;
}

// @ts-ignore: decorator
@inline
function addTo(table: usize, value: v128): void {
  v128.store(table, f32x4.add(v128.load(table), value));
}

/** Adds gradient · window to ROWS × VECTORS ≤ 10 vectors of the table, for all winners listed. */
// @ts-ignore: decorator
@inline
function sumWindows(
  ROWS: i32,
  VECTORS: i32,
  list: usize,
  end: usize,
  source: usize,
  sourceRow: usize,
  table: usize,
  tableRow: usize,
): void {
  const zero = f32x4.splat(0);
  let c0 = zero;
  let c1 = zero;
  let c2 = zero;
  let c3 = zero;
  let c4 = zero;
  let c5 = zero;
  let c6 = zero;
  let c7 = zero;
  let c8 = zero;
  let c9 = zero;
  for (; list < end; list += 8) {
    const gradient = v128.load32_splat(list, 4);
    let row = source + <usize>load<u32>(list);
    c0 = madd(c0, gradient, v128.load(row));
    if (VECTORS > 1) c1 = madd(c1, gradient, v128.load(row, 16));
    if (VECTORS > 2) {
      c2 = madd(c2, gradient, v128.load(row, 32));
      if (VECTORS > 3) c3 = madd(c3, gradient, v128.load(row, 48));
      if (VECTORS > 4) c4 = madd(c4, gradient, v128.load(row, 64));
      if (VECTORS > 5) c5 = madd(c5, gradient, v128.load(row, 80));
      if (VECTORS > 6) c6 = madd(c6, gradient, v128.load(row, 96));
      if (VECTORS > 7) c7 = madd(c7, gradient, v128.load(row, 112));
    } else {
      if (ROWS > 1) {
        row += sourceRow;
        c2 = madd(c2, gradient, v128.load(row));
        if (VECTORS > 1) c3 = madd(c3, gradient, v128.load(row, 16));
      }
      if (ROWS > 2) {
        row += sourceRow;
        c4 = madd(c4, gradient, v128.load(row));
        if (VECTORS > 1) c5 = madd(c5, gradient, v128.load(row, 16));
      }
      if (ROWS > 3) {
        row += sourceRow;
        c6 = madd(c6, gradient, v128.load(row));
        if (VECTORS > 1) c7 = madd(c7, gradient, v128.load(row, 16));
      }
      if (ROWS > 4) {
        row += sourceRow;
        c8 = madd(c8, gradient, v128.load(row));
        if (VECTORS > 1) c9 = madd(c9, gradient, v128.load(row, 16));
      }
    }
  }
  addTo(table, c0);
  if (VECTORS > 1) addTo(table + 16, c1);
  if (VECTORS > 2) {
    addTo(table + 32, c2);
    if (VECTORS > 3) addTo(table + 48, c3);
    if (VECTORS > 4) addTo(table + 64, c4);
    if (VECTORS > 5) addTo(table + 80, c5);
    if (VECTORS > 6) addTo(table + 96, c6);
    if (VECTORS > 7) addTo(table + 112, c7);
  } else {
    if (ROWS > 1) {
      table += tableRow;
      addTo(table, c2);
      if (VECTORS > 1) addTo(table + 16, c3);
    }
    if (ROWS > 2) {
      table += tableRow;
      addTo(table, c4);
      if (VECTORS > 1) addTo(table + 16, c5);
    }
    if (ROWS > 3) {
      table += tableRow;
      addTo(table, c6);
      if (VECTORS > 1) addTo(table + 16, c7);
    }
    if (ROWS > 4) {
      table += tableRow;
      addTo(table, c8);
      if (VECTORS > 1) addTo(table + 16, c9);
    }
  }
}

/** Every row of the window of one output channel. */
function sumAllRows(
  g: Conv2dGeometry,
  list: usize,
  end: usize,
  source: usize,
  table: usize,
): void {
  const rows = g.kernelHeight;
  const vectors = vectorsOf(g);
  const rowBytes = (<usize>(g.dilationHeight * g.frameWidth * g.groupIn)) << 2;
  const tableRow = (<usize>vectors) << 4;
  let row = 0;
  if (vectors <= 2) {
    for (; row + 5 <= rows; row += 5) {
      const from = source + <usize>row * rowBytes;
      const to = table + <usize>row * tableRow;
      if (vectors == 1) sumWindows(5, 1, list, end, from, rowBytes, to, tableRow);
      else sumWindows(5, 2, list, end, from, rowBytes, to, tableRow);
    }
    for (; row + 3 <= rows; row += 3) {
      const from = source + <usize>row * rowBytes;
      const to = table + <usize>row * tableRow;
      if (vectors == 1) sumWindows(3, 1, list, end, from, rowBytes, to, tableRow);
      else sumWindows(3, 2, list, end, from, rowBytes, to, tableRow);
    }
  }
  for (; row < rows; row++) {
    for (let vector = 0; vector < vectors; vector += 8) {
      const shift = (<usize>vector) << 4;
      const from = source + <usize>row * rowBytes + shift;
      const to = table + <usize>row * tableRow + shift;
      const count = min(8, vectors - vector);
      if (count == 8) sumWindows(1, 8, list, end, from, 0, to, 0);
      else if (count == 7) sumWindows(1, 7, list, end, from, 0, to, 0);
      else if (count == 6) sumWindows(1, 6, list, end, from, 0, to, 0);
      else if (count == 5) sumWindows(1, 5, list, end, from, 0, to, 0);
      else if (count == 4) sumWindows(1, 4, list, end, from, 0, to, 0);
      else if (count == 3) sumWindows(1, 3, list, end, from, 0, to, 0);
      else if (count == 2) sumWindows(1, 2, list, end, from, 0, to, 0);
      else sumWindows(1, 1, list, end, from, 0, to, 0);
    }
  }
}

/**
 * gradWeight[O, C, kh, kw], summed over images [begin, end). `gradOutput` and `indices` (of the winners, in a plane Ho · Wo) are the pooling's,
 * [N, O, windows]; an index outside the plane is passed over.
 */
export function conv2dWinnersBackwardWeight(
  geometry: usize,
  gradOutput: usize,
  indices: usize,
  windows: i32,
  input: usize,
  gradWeight: usize,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  const g = changetype<Conv2dGeometry>(geometry);
  const groupOut = g.groupOut;
  const groupIn = g.groupIn;
  const images = imagesAtOnce(g, windows);
  const imageBytes = (<usize>(groupIn * g.inHeight * g.inWidth)) << 2;
  // One channel without padding is a frame already.
  const isFrame = groupIn == 1 && !g.padded;
  const frame = isFrame ? <usize>g.groups * imageBytes : frameBytes(g);
  const corners = aligned(scratch);
  const ownFrames = corners + aligned(<usize>(g.outHeight * g.outWidth) << 2);
  const list = ownFrames + <usize>images * frameBytes(g);
  const table = list + aligned(<usize>(images * windows) << 3);
  const channelBytes = (<usize>(g.kernelHeight * vectorsOf(g))) << 4;
  writeCorners(g, corners);
  memory.fill(table, 0, <usize>g.outChannels * channelBytes);
  for (let image = begin; image < end; image += images) {
    const many = min(images, end - image);
    for (let group = 0; group < g.groups; group++) {
      const source = input + <usize>(image * g.groups + group) * imageBytes;
      const frames = isFrame ? source : ownFrames;
      if (!isFrame) {
        for (let i = 0; i < many; i++) {
          copyToFrame(g, source + <usize>(i * g.groups) * imageBytes, frames + <usize>i * frame);
        }
      }
      for (let channel = group * groupOut; channel < (group + 1) * groupOut; channel++) {
        const plane = (<usize>((image * g.outChannels + channel) * windows)) << 2;
        const last = listWinners(g, gradOutput + plane, indices + plane, windows, many, frame, corners, list);
        sumAllRows(g, list, last, frames, table + <usize>channel * channelBytes);
      }
    }
  }
  for (let channel = 0; channel < g.outChannels; channel++) {
    for (let c = 0; c < groupIn; c++) {
      for (let i = 0; i < g.kernelHeight; i++) {
        const row = table + <usize>channel * channelBytes + ((<usize>(i * vectorsOf(g))) << 4);
        for (let j = 0; j < g.kernelWidth; j++) {
          store<f32>(gradWeight, load<f32>(row + ((<usize>(j * groupIn + c)) << 2)));
          gradWeight += 4;
        }
      }
    }
  }
}

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

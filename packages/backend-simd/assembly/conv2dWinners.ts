/**
 * What the two gradients share of a convolution whose output only a max pooling has read: of each pooling window one pixel, the winner,
 * carries gradient, all others carry none. So each winner's window is visited once and nothing else is.
 *
 * Images lie in frames [row][column][channel] here, padding included: then a row of a window, all its channels, is one run
 * of numbers, whatever the stride. For each output channel the winners that do carry gradient are listed first.
 */
import { aligned, Conv2dGeometry } from "./conv2dGeometry";
import { transposeMatrix } from "./copy";

/** Bytes of the images that are worked on at once, so that they and the list stay in the first cache. */
const BYTES_AT_ONCE: i32 = 16384;
/** Winners of one channel that are summed up in registers, if that takes several images: sums of sums round less. */
const WINNERS_AT_ONCE: i32 = 128;

/** Numbers of one row of a window. */
// @ts-ignore: decorator
@inline
export function runOf(g: Conv2dGeometry): i32 {
  return g.kernelWidth * g.groupIn;
}

/** Vectors of one row of a window, the last one filled up. */
// @ts-ignore: decorator
@inline
export function vectorsOf(g: Conv2dGeometry): i32 {
  return (runOf(g) + 3) >> 2;
}

/** Bytes of one frame, and of the vector that may be read past it. */
export function frameBytes(g: Conv2dGeometry): usize {
  return aligned((<usize>(g.frameHeight * g.frameWidth * g.groupIn) << 2) + 16);
}

export function imagesAtOnce(g: Conv2dGeometry, windows: i32): i32 {
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
export function writeCorners(g: Conv2dGeometry, corners: usize): void {
  const pixel = g.groupIn << 2;
  for (let y = 0; y < g.outHeight; y++) {
    for (let x = 0; x < g.outWidth; x++) {
      store<i32>(corners, (y * g.strideHeight * g.frameWidth + x * g.strideWidth) * pixel);
      corners += 4;
    }
  }
}

/** One group of one image, [channel][row][column], to a frame; what padding adds is 0, what it crops is left out. */
export function copyToFrame(g: Conv2dGeometry, image: usize, frame: usize): void {
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
export function copyFromFrame(g: Conv2dGeometry, frame: usize, image: usize): void {
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
export function listWinners(
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

/**
 * Convolution of NCHW images without a column matrix: the register tile reads the image itself, each weight's input
 * found by an offset from the window's corner. Windows that aren't side by side (a horizontal stride, or rows too short
 * to fill vectors) are gathered 8 at a time first. Also the input's gradient where the stride is 1: that is the same
 * convolution of the output's gradient with the kernels flipped and their channels exchanged.
 */
import { aligned, ceilDivide, Conv2dGeometry, copyToFrame, windowCorner } from "./conv2dGeometry";
import { packFlippedWeights, packWeights, writeStepOffsets } from "./conv2dSteps";
import { pairTile } from "./pairTile";
import { Pool2dGeometry, poolPlanes } from "./pool2d";
import { blockCount, blockStart, denseTile, indirectTile } from "./tile";
import { rectify } from "./unary";
import { MOST_WIDE_ROWS, wideTile } from "./wideTile";

/** Whether 8 neighbouring windows can be read as vectors, without wasting more than a quarter of the lanes. */
function readsInPlace(g: Conv2dGeometry): bool {
  const width = g.outWidth;
  return g.strideWidth == 1 && width >= 6 && ((width + 3) & ~3) * 3 <= width * 4;
}

export function conv2dScratchBytes(geometry: usize): usize {
  const g = changetype<Conv2dGeometry>(geometry);
  return (
    aligned(<usize>(g.outChannels * g.steps) << 2) + // packed weights
    aligned(<usize>g.steps << 2) + // offsets
    aligned(g.frameBytes) + // the padded image
    aligned((<usize>g.steps << 5) + 32) + // 8 gathered windows and their corners
    192
  );
}

/** Gathers the windows of 8 pixels, of which `count` are real, into a panel of 8 columns. */
function gatherWindows(
  g: Conv2dGeometry,
  source: usize,
  offsets: usize,
  pixel: i32,
  count: i32,
  panel: usize,
): void {
  const steps = g.steps;
  const corners = panel + ((<usize>steps) << 5);
  for (let i = 0; i < 8; i++) {
    store<usize>(corners + ((<usize>i) << 2), source + windowCorner(g, pixel + min(i, count - 1)));
  }
  const p0 = load<usize>(corners);
  const p1 = load<usize>(corners, 4);
  const p2 = load<usize>(corners, 8);
  const p3 = load<usize>(corners, 12);
  const p4 = load<usize>(corners, 16);
  const p5 = load<usize>(corners, 20);
  const p6 = load<usize>(corners, 24);
  const p7 = load<usize>(corners, 28);
  for (let step = 0; step < steps; step++) {
    const offset = <usize>load<u32>(offsets);
    store<u32>(panel, load<u32>(p0 + offset));
    store<u32>(panel, load<u32>(p1 + offset), 4);
    store<u32>(panel, load<u32>(p2 + offset), 8);
    store<u32>(panel, load<u32>(p3 + offset), 12);
    store<u32>(panel, load<u32>(p4 + offset), 16);
    store<u32>(panel, load<u32>(p5 + offset), 20);
    store<u32>(panel, load<u32>(p6 + offset), 24);
    store<u32>(panel, load<u32>(p7 + offset), 28);
    offsets += 4;
    panel += 32;
  }
}

/** The first kernel row that lies within the image at output row y, at y·stride + i·dilation − top. */
// @ts-ignore: decorator
@inline
function firstKernelRow(g: Conv2dGeometry, y: i32): i32 {
  return max(0, min(g.kernelHeight, ceilDivide(g.padTop - y * g.strideHeight, g.dilationHeight)));
}

/** One past the last kernel row that lies within the image at output row y. */
// @ts-ignore: decorator
@inline
function lastKernelRow(g: Conv2dGeometry, y: i32): i32 {
  return max(0, min(g.kernelHeight, ceilDivide(g.inHeight + g.padTop - y * g.strideHeight, g.dilationHeight)));
}

/** A block of output channels of one image, read in place: whole tiles row by row, then what is left of the rows in pairs. */
function rowsInPlace(
  g: Conv2dGeometry,
  rows: i32,
  a: usize,
  source: usize,
  offsets: usize,
  target: usize,
  planeBytes: usize,
  bias: usize,
): void {
  const height = g.outHeight;
  const width = g.outWidth;
  const rowSteps = g.groupIn * g.kernelWidth;
  const stepBytes = (<usize>rows) << 2;
  const cornerRow = (<usize>(g.strideHeight * g.frameWidth)) << 2;
  const rowBytes = (<usize>width) << 2;
  const wide = rows <= MOST_WIDE_ROWS ? width - (width % 12) : 0;
  const rest = (width - wide) & 7;
  const whole = rest > 4 ? width : width - rest;
  for (let y = 0; y < height; y++) {
    const first = firstKernelRow(g, y) * rowSteps;
    const steps = max(0, lastKernelRow(g, y) * rowSteps - first);
    const rowA = a + <usize>first * stepBytes;
    const rowOffsets = offsets + ((<usize>first) << 2);
    for (let x = 0; x < wide; x += 12) {
      const shift = (<usize>x) << 2;
      const b = source + <usize>y * cornerRow + shift;
      const c = target + <usize>y * rowBytes + shift;
      wideTile(rows, rowA, b, rowOffsets, steps, c, planeBytes, bias);
    }
    for (let x = wide; x < whole; x += 8) {
      const shift = (<usize>x) << 2;
      const b = source + <usize>y * cornerRow + shift;
      const c = target + <usize>y * rowBytes + shift;
      indirectTile(rows, rowA, b, rowOffsets, steps, c, planeBytes, min(8, width - x), bias);
    }
  }
  if (whole == width) return;
  const shift = (<usize>whole) << 2;
  for (let y = 0; y < height; y += 2) {
    const isPair = y + 1 < height;
    // The kernel rows that either of the two needs; where only one does, the other reads zeros of the frame.
    const first = firstKernelRow(g, isPair ? y + 1 : y) * rowSteps;
    const steps = max(0, lastKernelRow(g, y) * rowSteps - first);
    const rowA = a + <usize>first * stepBytes;
    const rowOffsets = offsets + ((<usize>first) << 2);
    const b = source + <usize>y * cornerRow + shift;
    const c = target + <usize>y * rowBytes + shift;
    if (isPair) pairTile(rows, rowA, b, cornerRow, rowOffsets, steps, c, planeBytes, rowBytes, rest, bias);
    else indirectTile(rows, rowA, b, rowOffsets, steps, c, planeBytes, rest, bias);
  }
}

/** What the tiles need besides the images: laid out in scratch memory by `prepare`. */
@unmanaged
class Workspace {
  packed: usize;
  offsets: usize;
  frame: usize;
  panel: usize;
}

function prepare(g: Conv2dGeometry, weight: usize, flipped: bool, scratch: usize): Workspace {
  const workspace = changetype<Workspace>(aligned(scratch));
  workspace.packed = aligned(scratch) + 64;
  workspace.offsets = workspace.packed + aligned(<usize>(g.outChannels * g.steps) << 2);
  workspace.frame = workspace.offsets + aligned(<usize>g.steps << 2);
  workspace.panel = workspace.frame + aligned(g.frameBytes);
  if (flipped) packFlippedWeights(g, weight, workspace.packed);
  else packWeights(g, weight, workspace.packed);
  writeStepOffsets(g, workspace.offsets);
  return workspace;
}

/** One group of one image: its planes [groupOut, Ho · Wo] at `target`. */
function convolveGroup(
  g: Conv2dGeometry,
  workspace: Workspace,
  image: i32,
  group: i32,
  input: usize,
  bias: usize,
  target: usize,
): void {
  const steps = g.steps;
  const groupOut = g.groupOut;
  const pixels = g.outHeight * g.outWidth;
  const offsets = workspace.offsets;
  const panel = workspace.panel;
  const blocks = blockCount(groupOut);
  const imageBytes = (<usize>(g.groupIn * g.inHeight * g.inWidth)) << 2;
  const planeBytes = (<usize>pixels) << 2;
  let source = input + <usize>(image * g.groups + group) * imageBytes;
  if (g.padded) {
    copyToFrame(g, source, workspace.frame);
    source = workspace.frame;
  }
  const groupWeights = workspace.packed + ((<usize>(group * groupOut * steps)) << 2);
  const groupBias = bias ? bias + ((<usize>(group * groupOut)) << 2) : 0;
  if (readsInPlace(g)) {
    for (let block = 0; block < blocks; block++) {
      const start = blockStart(block, groupOut, blocks);
      const rows = blockStart(block + 1, groupOut, blocks) - start;
      const a = groupWeights + ((<usize>(start * steps)) << 2);
      const blockBias = groupBias ? groupBias + ((<usize>start) << 2) : 0;
      const to = target + <usize>start * planeBytes;
      rowsInPlace(g, rows, a, source, offsets, to, planeBytes, blockBias);
    }
    return;
  }
  for (let pixel = 0; pixel < pixels; pixel += 8) {
    const columns = min(8, pixels - pixel);
    gatherWindows(g, source, offsets, pixel, columns, panel);
    for (let block = 0; block < blocks; block++) {
      const start = blockStart(block, groupOut, blocks);
      const rows = blockStart(block + 1, groupOut, blocks) - start;
      denseTile(
        rows,
        groupWeights + ((<usize>(start * steps)) << 2),
        (<usize>rows) << 2,
        panel,
        32,
        steps,
        target + <usize>start * planeBytes + ((<usize>pixel) << 2),
        planeBytes,
        columns,
        groupBias ? groupBias + ((<usize>start) << 2) : 0,
        false,
      );
    }
  }
}

/**
 * output[N, O, Ho, Wo] = conv(input[N, C, H, W], weight) + bias, for images [begin, end). `flipped`: weight is that of the
 * forward convolution and this one is its gradient's. `rectified`: max(0, output) instead. bias may be 0.
 */
export function conv2d(
  geometry: usize,
  input: usize,
  weight: usize,
  bias: usize,
  output: usize,
  flipped: bool,
  rectified: bool,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  const g = changetype<Conv2dGeometry>(geometry);
  const workspace = prepare(g, weight, flipped, scratch);
  const size = g.groupOut * g.outHeight * g.outWidth;
  for (let image = begin; image < end; image++) {
    for (let group = 0; group < g.groups; group++) {
      const target = output + ((<usize>((image * g.groups + group) * size)) << 2);
      convolveGroup(g, workspace, image, group, input, bias, target);
      if (rectified) rectify(target, size);
    }
  }
}

export function conv2dMaxPoolScratchBytes(geometry: usize): usize {
  const g = changetype<Conv2dGeometry>(geometry);
  return conv2dScratchBytes(geometry) + aligned(<usize>(g.groupOut * g.outHeight * g.outWidth) << 2);
}

/**
 * The same and then max pooling, as `maxPool2d` does it: the convolution's planes exist for one image at a time only, in the first cache.
 */
export function conv2dMaxPool(
  geometry: usize,
  pooling: usize,
  input: usize,
  weight: usize,
  bias: usize,
  output: usize,
  indices: usize,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  const g = changetype<Conv2dGeometry>(geometry);
  const workspace = prepare(g, weight, false, scratch);
  const planes = aligned(scratch) + aligned(conv2dScratchBytes(geometry));
  for (let image = begin; image < end; image++) {
    for (let group = 0; group < g.groups; group++) {
      convolveGroup(g, workspace, image, group, input, bias, planes);
      const first = (image * g.groups + group) * g.groupOut;
      poolPlanes(changetype<Pool2dGeometry>(pooling), planes, g.groupOut, output, indices, first);
    }
  }
}

/**
 * The weights' gradient of a convolution: gradWeight[o, k] = Σ over images and pixels of gradOutput[o, pixel] · window[pixel, k].
 * With a horizontal stride of 1 the vectors run along a row of pixels: a tile of output channels × window positions
 * keeps its sums in registers over a few images and adds them, lane by lane, to a table; lanes are summed at the very
 * end. That also bounds the rounding error: sums of sums. Other strides gather windows into rows and multiply matrices.
 */
import { aligned, Conv2dGeometry, copyToFrame, windowCorner, writeOffsets } from "./conv2dGeometry";
import { gemm, gemmScratchBytes } from "./gemm";
import { madd } from "./madd";
import { loadLanes } from "./tile";

/** The most output channels of a tile: more of them, or more than 8 sums, and V8 keeps one of the sums in memory. */
const MOST_ROWS: i32 = 4;

/** Vectors that a tile sums up in registers, if it takes several images to have as many. */
const VECTORS: i32 = 128;

/** Vectors of 4 pixels in one output plane, each row filled up. */
function vectorsOf(g: Conv2dGeometry): i32 {
  return g.outHeight * ((g.outWidth + 3) >> 2);
}

/** How many images are summed up at once. */
function imagesAtOnce(g: Conv2dGeometry): i32 {
  return g.strideWidth == 1 ? max(1, min(g.batch, VECTORS / vectorsOf(g))) : 1;
}

export function conv2dBackwardWeightScratchBytes(geometry: usize): usize {
  const g = changetype<Conv2dGeometry>(geometry);
  const images = imagesAtOnce(g);
  const fixed = aligned(<usize>g.steps << 2) + aligned(<usize>images * g.frameBytes) + 128;
  if (g.strideWidth != 1) {
    return fixed + aligned(<usize>(g.steps * g.outHeight * g.outWidth) << 2) + aligned(gemmScratchBytes());
  }
  const vectors = images * vectorsOf(g);
  return (
    fixed +
    aligned(<usize>(g.outChannels * g.steps) << 4) + // the table of sums
    aligned(<usize>(g.groupOut * vectors) << 4) + // packed planes
    aligned(<usize>vectors << 2) // where each vector's window corners lie
  );
}

/** For each vector of pixels of `images` images, how many bytes after the first image's start its windows start. */
function writeVectorOffsets(g: Conv2dGeometry, images: i32, imageBytes: usize, offsets: usize): void {
  const row = g.strideHeight * g.frameWidth;
  for (let image = 0; image < images; image++) {
    for (let y = 0; y < g.outHeight; y++) {
      for (let x = 0; x < g.outWidth; x += 4) {
        store<u32>(offsets, <u32>(<usize>image * imageBytes + ((<usize>(y * row + x)) << 2)));
        offsets += 4;
      }
    }
  }
}

/** Lays a block of planes out as [row of pixels][vector][output channel], the last vector of a row filled up with 0. */
function packPlanes(planes: usize, rows: i32, height: i32, width: i32, packed: usize): void {
  const whole = width >> 2;
  const rest = width & 3;
  const plane = (<usize>(height * width)) << 2;
  for (let row = 0; row < rows; row++) {
    let from = planes + <usize>row * plane;
    let to = packed + ((<usize>row) << 4);
    const step = (<usize>rows) << 4;
    for (let y = 0; y < height; y++) {
      for (let vector = 0; vector < whole; vector++) {
        v128.store(to, v128.load(from));
        from += 16;
        to += step;
      }
      if (rest) {
        v128.store(to, loadLanes(from, rest));
        from += (<usize>rest) << 2;
        to += step;
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function addTo(table: usize, value: v128): void {
  v128.store(table, f32x4.add(v128.load(table), value));
}

/**
 * ROWS output channels × COLUMNS window positions over `count` vectors, ROWS · COLUMNS ≤ 8. If `rest` isn't 0, every
 * `perRow`th vector has only so many pixels.
 */
// @ts-ignore: decorator
@inline
function windowTile(
  ROWS: i32,
  COLUMNS: i32,
  packed: usize,
  source: usize,
  vectors: usize,
  count: i32,
  perRow: i32,
  rest: i32,
  offsets: usize,
  table: usize,
  tableRow: usize,
): void {
  const w0 = source + <usize>load<u32>(offsets);
  const w1 = COLUMNS > 1 ? source + <usize>load<u32>(offsets, 4) : 0;
  const w2 = COLUMNS > 2 ? source + <usize>load<u32>(offsets, 8) : 0;
  const w3 = COLUMNS > 3 ? source + <usize>load<u32>(offsets, 12) : 0;
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c02 = c00;
  let c03 = c00;
  let c10 = c00;
  let c11 = c00;
  let c12 = c00;
  let c13 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  const mask = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(rest));
  const end = vectors + ((<usize>count) << 2);
  let left = perRow;
  for (; vectors < end; vectors += 4) {
    const x = <usize>load<u32>(vectors);
    let v0 = v128.load(w0 + x);
    let v1 = COLUMNS > 1 ? v128.load(w1 + x) : v0;
    let v2 = COLUMNS > 2 ? v128.load(w2 + x) : v0;
    let v3 = COLUMNS > 3 ? v128.load(w3 + x) : v0;
    if (rest) {
      if (--left == 0) {
        left = perRow;
        // Lanes past the row hold other pixels, perhaps NaN: 0 · NaN would reach the sum.
        v0 = v128.and(v0, mask);
        if (COLUMNS > 1) v1 = v128.and(v1, mask);
        if (COLUMNS > 2) v2 = v128.and(v2, mask);
        if (COLUMNS > 3) v3 = v128.and(v3, mask);
      }
    }
    let p = v128.load(packed);
    c00 = madd(c00, p, v0);
    if (COLUMNS > 1) c01 = madd(c01, p, v1);
    if (COLUMNS > 2) c02 = madd(c02, p, v2);
    if (COLUMNS > 3) c03 = madd(c03, p, v3);
    if (ROWS > 1) {
      p = v128.load(packed, 16);
      c10 = madd(c10, p, v0);
      if (COLUMNS > 1) c11 = madd(c11, p, v1);
      if (COLUMNS > 2) c12 = madd(c12, p, v2);
      if (COLUMNS > 3) c13 = madd(c13, p, v3);
    }
    if (ROWS > 2) {
      p = v128.load(packed, 32);
      c20 = madd(c20, p, v0);
      if (COLUMNS > 1) c21 = madd(c21, p, v1);
    }
    if (ROWS > 3) {
      p = v128.load(packed, 48);
      c30 = madd(c30, p, v0);
      if (COLUMNS > 1) c31 = madd(c31, p, v1);
    }
    packed += <usize>(ROWS << 4);
  }
  addTo(table, c00);
  if (COLUMNS > 1) addTo(table + 16, c01);
  if (COLUMNS > 2) addTo(table + 32, c02);
  if (COLUMNS > 3) addTo(table + 48, c03);
  if (ROWS > 1) {
    table += tableRow;
    addTo(table, c10);
    if (COLUMNS > 1) addTo(table + 16, c11);
    if (COLUMNS > 2) addTo(table + 32, c12);
    if (COLUMNS > 3) addTo(table + 48, c13);
  }
  if (ROWS > 2) {
    table += tableRow;
    addTo(table, c20);
    if (COLUMNS > 1) addTo(table + 16, c21);
  }
  if (ROWS > 3) {
    table += tableRow;
    addTo(table, c30);
    if (COLUMNS > 1) addTo(table + 16, c31);
  }
}

/** One block of output channels against every window position. */
function windowTiles(
  rows: i32,
  packed: usize,
  source: usize,
  vectors: usize,
  count: i32,
  width: i32,
  offsets: usize,
  steps: i32,
  table: usize,
): void {
  const tableRow = (<usize>steps) << 4;
  const perRow = (width + 3) >> 2;
  const rest = width & 3;
  const columns = rows > 2 ? 2 : 4;
  let step = 0;
  for (; step + columns <= steps; step += columns) {
    if (rows == 4) windowTile(4, 2, packed, source, vectors, count, perRow, rest, offsets, table, tableRow);
    else if (rows == 3) windowTile(3, 2, packed, source, vectors, count, perRow, rest, offsets, table, tableRow);
    else if (rows == 2) windowTile(2, 4, packed, source, vectors, count, perRow, rest, offsets, table, tableRow);
    else windowTile(1, 4, packed, source, vectors, count, perRow, rest, offsets, table, tableRow);
    offsets += (<usize>columns) << 2;
    table += (<usize>columns) << 4;
  }
  for (; step < steps; step++) {
    if (rows == 4) windowTile(4, 1, packed, source, vectors, count, perRow, rest, offsets, table, tableRow);
    else if (rows == 3) windowTile(3, 1, packed, source, vectors, count, perRow, rest, offsets, table, tableRow);
    else if (rows == 2) windowTile(2, 1, packed, source, vectors, count, perRow, rest, offsets, table, tableRow);
    else windowTile(1, 1, packed, source, vectors, count, perRow, rest, offsets, table, tableRow);
    offsets += 4;
    table += 16;
  }
}

/** rows[pixel, k]: each window of one group of one image as a row. */
function gatherRows(g: Conv2dGeometry, source: usize, offsets: usize, rows: usize): void {
  const steps = g.steps;
  const pixels = g.outHeight * g.outWidth;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const corner = source + windowCorner(g, pixel);
    for (let step = 0; step < steps; step++) {
      store<u32>(rows, load<u32>(corner + <usize>load<u32>(offsets + ((<usize>step) << 2))));
      rows += 4;
    }
  }
}

/** gradWeight[O, C, kh, kw], summed over images [begin, end). */
export function conv2dBackwardWeight(
  geometry: usize,
  gradOutput: usize,
  input: usize,
  gradWeight: usize,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  const g = changetype<Conv2dGeometry>(geometry);
  const steps = g.steps;
  const groupOut = g.groupOut;
  const pixels = g.outHeight * g.outWidth;
  const imageBytes = (<usize>(g.groupIn * g.inHeight * g.inWidth)) << 2;
  const weights = g.outChannels * steps;
  const offsets = aligned(scratch);
  const images = imagesAtOnce(g);
  const frame = offsets + aligned(<usize>steps << 2);
  const work = frame + aligned(<usize>images * g.frameBytes);
  writeOffsets(g, offsets);
  const inPlace = g.strideWidth == 1;
  if (!inPlace) {
    const gemmScratch = work + aligned(<usize>(steps * pixels) << 2);
    memory.fill(gradWeight, 0, <usize>weights << 2);
    for (let image = begin; image < end; image++) {
      for (let group = 0; group < g.groups; group++) {
        const index = image * g.groups + group;
        let source = input + <usize>index * imageBytes;
        if (g.padded) {
          copyToFrame(g, source, frame);
          source = frame;
        }
        gatherRows(g, source, offsets, work);
        const planes = gradOutput + ((<usize>(index * groupOut * pixels)) << 2);
        const target = gradWeight + ((<usize>(group * groupOut * steps)) << 2);
        gemm(planes, work, target, groupOut, steps, pixels, false, false, true, 0, groupOut, 0, steps, gemmScratch);
      }
    }
    return;
  }

  const vectorCount = vectorsOf(g);
  const packed = work + aligned(<usize>weights << 4);
  const vectors = packed + aligned(<usize>(groupOut * images * vectorCount) << 4);
  const frameBytes = <usize>g.frameBytes;
  writeVectorOffsets(g, images, g.padded ? frameBytes : <usize>g.groups * imageBytes, vectors);
  memory.fill(work, 0, <usize>weights << 4);
  // Large images are summed up in stretches of whole rows: the packed planes stay in the first cache, the sums short.
  const perRow = (g.outWidth + 3) >> 2;
  const stretch = max(1, (2 * VECTORS) / perRow) * perRow;
  for (let image = begin; image < end; image += images) {
    const many = min(images, end - image);
    for (let group = 0; group < g.groups; group++) {
      let source = input + <usize>(image * g.groups + group) * imageBytes;
      if (g.padded) {
        for (let i = 0; i < many; i++) {
          copyToFrame(g, source + <usize>(i * g.groups) * imageBytes, frame + <usize>i * frameBytes);
        }
        source = frame;
      }
      for (let start = 0; start < groupOut; start += MOST_ROWS) {
        const rows = min(MOST_ROWS, groupOut - start);
        for (let i = 0; i < many; i++) {
          const plane = ((image + i) * g.groups + group) * groupOut + start;
          packPlanes(
            gradOutput + ((<usize>(plane * pixels)) << 2),
            rows,
            g.outHeight,
            g.outWidth,
            packed + ((<usize>(i * vectorCount * rows)) << 4),
          );
        }
        const total = many * vectorCount;
        for (let from = 0; from < total; from += stretch) {
          windowTiles(
            rows,
            packed + ((<usize>(from * rows)) << 4),
            source,
            vectors + ((<usize>from) << 2),
            min(stretch, total - from),
            g.outWidth,
            offsets,
            steps,
            work + ((<usize>((group * groupOut + start) * steps)) << 4),
          );
        }
      }
    }
  }
  for (let i = 0; i < weights; i++) {
    const lanes = v128.load(work + ((<usize>i) << 4));
    const sum =
      f32x4.extract_lane(lanes, 0) +
      f32x4.extract_lane(lanes, 1) +
      (f32x4.extract_lane(lanes, 2) + f32x4.extract_lane(lanes, 3));
    store<f32>(gradWeight + ((<usize>i) << 2), sum);
  }
}

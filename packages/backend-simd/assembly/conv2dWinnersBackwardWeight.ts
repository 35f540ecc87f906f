/** The weights' gradient where only a pooling's winners carry gradient: each adds its window, times the gradient, to a table. */
import { aligned, Conv2dGeometry } from "./conv2dGeometry";
import { copyToFrame, frameBytes, imagesAtOnce, listWinners, vectorsOf, writeCorners } from "./conv2dWinners";
import { madd } from "./madd";

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

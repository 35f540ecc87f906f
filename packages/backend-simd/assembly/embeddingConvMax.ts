/**
 * The features of a TextCNN: max(0, maxₜ (bias + Σₖ weight(k) · table(ids(t + k)))) and where the maximum stands.
 *
 * A word's share in a window depends on the word and its place in the window alone: so each distinct word of the batch is projected
 * once on each row of a filter, and a window is the sum of one projection for each of its words. All this is done for up to 8
 * filters of one height at a time: their projections of some thousand words stay in the second cache, a position's sums in registers.
 */
import { denseTile, MAX_ROWS } from "./tile";

/** Up to 8 filters of one height, as the host writes them: five i32. */
@unmanaged
class FilterBlock {
  /** [filters, height, width] */
  weight: usize;
  /** 0 for none. */
  bias: usize;
  height: i32;
  filters: i32;
  /** The first one's place among all outputs. */
  column: i32;
}

/** What becomes of a largest window below 0: the ReLU lets none through, and its place is −1. */
const NONE: i32 = 0;
/** The ReLU makes all windows 0, of which the first is the largest. */
const FIRST: i32 = 1;
/** It stays as it is: there is no ReLU. */
const AS_IT_IS: i32 = 2;

/** Bytes of scratch memory for `distinct` words of `width` numbers and filters of at most `height`. */
export function embeddingConvMaxScratchBytes(distinct: i32, width: i32, height: i32): i32 {
  return ((distinct + width) * height + 3) * 32 + 64;
}

/** The filters' numbers as tiles read them: for each of `height` rows a panel of 8 columns, one for each filter, 0 beyond. */
function packFilters(block: FilterBlock, width: i32, panels: usize): void {
  const filterBytes = (<usize>(block.height * width)) << 2;
  const steps = block.height * width;
  if (block.filters < 8) memory.fill(panels, 0, (<usize>steps) << 5);
  for (let filter = 0; filter < block.filters; filter++) {
    const from = block.weight + <usize>filter * filterBytes;
    const to = panels + ((<usize>filter) << 2);
    for (let i = 0; i < steps; i++) store<u32>(to + ((<usize>i) << 5), load<u32>(from + ((<usize>i) << 2)));
  }
}

/** projections[word, k, filter] = weight[filter, k] · table[word]. */
function project(block: FilterBlock, width: i32, panels: usize, packed: usize, distinct: i32, projections: usize): void {
  const rowBytes = (<usize>block.height) << 5;
  const panelBytes = (<usize>width) << 5;
  const columns = block.filters > 4 ? 8 : 4;
  for (let first = 0; first < distinct; first += MAX_ROWS) {
    const rows = min(MAX_ROWS, distinct - first);
    const a = packed + ((<usize>(first * width)) << 2);
    let b = panels;
    let c = projections + <usize>first * rowBytes;
    for (let k = 0; k < block.height; k++) {
      denseTile(rows, a, (<usize>rows) << 2, b, 32, width, c, rowBytes, columns, 0, false);
      b += panelBytes;
      c += 32;
    }
  }
}

/**
 * The largest of each of 8 (4 if not WIDE) filters' windows over one text, the first of equal ones, and where it begins; and sums of all windows,
 * which are NaN if a window is. Partial sums of the HEIGHT − 1 windows that are under way stay in registers.
 */
// @ts-ignore: decorator
@inline
function slide(HEIGHT: i32, WIDE: bool, numbers: usize, end: usize, projections: usize, found: usize): void {
  const zero = f32x4.splat(0);
  const one = i32x4.splat(1);
  let a0 = zero;
  let a1 = zero;
  let b0 = zero;
  let b1 = zero;
  let c0 = zero;
  let c1 = zero;
  let d0 = zero;
  let d1 = zero;
  let best0 = f32x4.splat(-Infinity);
  let best1 = best0;
  let at0 = zero;
  let at1 = zero;
  let odd0 = zero;
  let odd1 = zero;
  let time = zero;
  const whole = numbers + ((HEIGHT - 1) << 2);
  for (; numbers < end; numbers += 4) {
    const row = projections + <usize>load<u32>(numbers) * (HEIGHT << 5);
    const last = row + ((HEIGHT - 1) << 5);
    let sum0 = v128.load(last);
    let sum1 = WIDE ? v128.load(last, 16) : zero;
    if (HEIGHT == 2) {
      sum0 = f32x4.add(a0, sum0);
      if (WIDE) sum1 = f32x4.add(a1, sum1);
    } else if (HEIGHT == 3) {
      sum0 = f32x4.add(b0, sum0);
      if (WIDE) sum1 = f32x4.add(b1, sum1);
    } else if (HEIGHT == 4) {
      sum0 = f32x4.add(c0, sum0);
      if (WIDE) sum1 = f32x4.add(c1, sum1);
    } else if (HEIGHT == 5) {
      sum0 = f32x4.add(d0, sum0);
      if (WIDE) sum1 = f32x4.add(d1, sum1);
    }
    if (HEIGHT > 4) {
      d0 = f32x4.add(c0, v128.load(row, 96));
      if (WIDE) d1 = f32x4.add(c1, v128.load(row, 112));
    }
    if (HEIGHT > 3) {
      c0 = f32x4.add(b0, v128.load(row, 64));
      if (WIDE) c1 = f32x4.add(b1, v128.load(row, 80));
    }
    if (HEIGHT > 2) {
      b0 = f32x4.add(a0, v128.load(row, 32));
      if (WIDE) b1 = f32x4.add(a1, v128.load(row, 48));
    }
    if (HEIGHT > 1) {
      a0 = v128.load(row);
      if (WIDE) a1 = v128.load(row, 16);
      if (numbers < whole) continue;
    }
    // A later time is a larger number: so the last one that was larger than all before it is their maximum.
    at0 = i32x4.max_s(at0, v128.and(time, f32x4.gt(sum0, best0)));
    best0 = f32x4.pmax(sum0, best0);
    odd0 = f32x4.add(odd0, sum0);
    if (WIDE) {
      at1 = i32x4.max_s(at1, v128.and(time, f32x4.gt(sum1, best1)));
      best1 = f32x4.pmax(sum1, best1);
      odd1 = f32x4.add(odd1, sum1);
    }
    time = i32x4.add(time, one);
  }
  v128.store(found, best0);
  v128.store(found, best1, 16);
  v128.store(found, at0, 32);
  v128.store(found, at1, 48);
  v128.store(found, odd0, 64);
  v128.store(found, odd1, 80);
}

/** As `slide`, for filters of any height. */
function slideAny(height: i32, numbers: usize, end: usize, projections: usize, found: usize): void {
  const rowBytes = (<usize>height) << 5;
  const one = i32x4.splat(1);
  let best0 = f32x4.splat(-Infinity);
  let best1 = best0;
  let at0 = f32x4.splat(0);
  let at1 = at0;
  let odd0 = at0;
  let odd1 = at0;
  let time = at0;
  const last = end - ((<usize>(height - 1)) << 2);
  for (; numbers < last; numbers += 4) {
    let row = projections + <usize>load<u32>(numbers) * rowBytes;
    let sum0 = v128.load(row);
    let sum1 = v128.load(row, 16);
    for (let k = 1; k < height; k++) {
      row = projections + <usize>load<u32>(numbers + ((<usize>k) << 2)) * rowBytes + ((<usize>k) << 5);
      sum0 = f32x4.add(sum0, v128.load(row));
      sum1 = f32x4.add(sum1, v128.load(row, 16));
    }
    at0 = i32x4.max_s(at0, v128.and(time, f32x4.gt(sum0, best0)));
    at1 = i32x4.max_s(at1, v128.and(time, f32x4.gt(sum1, best1)));
    best0 = f32x4.pmax(sum0, best0);
    best1 = f32x4.pmax(sum1, best1);
    odd0 = f32x4.add(odd0, sum0);
    odd1 = f32x4.add(odd1, sum1);
    time = i32x4.add(time, one);
  }
  v128.store(found, best0);
  v128.store(found, best1, 16);
  v128.store(found, at0, 32);
  v128.store(found, at1, 48);
  v128.store(found, odd0, 64);
  v128.store(found, odd1, 80);
}

/** One filter's largest window as PyTorch has it where there are numbers that are none: the last NaN wins. */
function searchOne(height: i32, numbers: usize, windows: i32, projections: usize, filter: i32, found: usize): void {
  const rowBytes = (<usize>height) << 5;
  const column = projections + ((<usize>filter) << 2);
  let best: f32 = -Infinity;
  let at = 0;
  for (let t = 0; t < windows; t++) {
    let sum: f32 = 0;
    for (let k = 0; k < height; k++) {
      const number = <usize>load<u32>(numbers + ((<usize>(t + k)) << 2));
      const share = load<f32>(column + number * rowBytes + ((<usize>k) << 5));
      sum = k == 0 ? share : sum + share;
    }
    if (sum > best || sum != sum) {
      best = sum;
      at = t;
    }
  }
  store<f32>(found + ((<usize>filter) << 2), best);
  store<i32>(found + ((<usize>filter) << 2), at, 32);
}

function slideText(height: i32, wide: bool, numbers: usize, end: usize, projections: usize, found: usize): void {
  if (wide) {
    if (height == 3) slide(3, true, numbers, end, projections, found);
    else if (height == 4) slide(4, true, numbers, end, projections, found);
    else if (height == 5) slide(5, true, numbers, end, projections, found);
    else if (height == 2) slide(2, true, numbers, end, projections, found);
    else if (height == 1) slide(1, true, numbers, end, projections, found);
    else slideAny(height, numbers, end, projections, found);
  } else {
    if (height == 3) slide(3, false, numbers, end, projections, found);
    else if (height == 4) slide(4, false, numbers, end, projections, found);
    else if (height == 5) slide(5, false, numbers, end, projections, found);
    else if (height == 2) slide(2, false, numbers, end, projections, found);
    else if (height == 1) slide(1, false, numbers, end, projections, found);
    else slideAny(height, numbers, end, projections, found);
  }
}

/**
 * Blocks [begin, end) of filters over all texts.
 *
 * @param blocks FilterBlock after FilterBlock
 * @param numbers [batch, length]: each place's word, by its number
 * @param packed the words' rows of the table, by packWords
 * @param below NONE, FIRST or AS_IT_IS
 * @param output [batch, columns]
 * @param indices i32 [batch, columns]: where the window that won begins
 * @param scratch embeddingConvMaxScratchBytes() bytes
 */
export function embeddingConvMax(
  blocks: usize,
  numbers: usize,
  batch: i32,
  length: i32,
  packed: usize,
  distinct: i32,
  width: i32,
  below: i32,
  output: usize,
  indices: usize,
  columns: i32,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  const found = (scratch + 63) & ~63;
  const textBytes = (<usize>length) << 2;
  for (let index = begin; index < end; index++) {
    const block = changetype<FilterBlock>(blocks + <usize>index * offsetof<FilterBlock>());
    const height = block.height;
    const panels = found + 96;
    const projections = panels + ((<usize>(width * height)) << 5);
    packFilters(block, width, panels);
    project(block, width, panels, packed, distinct, projections);
    for (let text = 0; text < batch; text++) {
      const first = numbers + <usize>text * textBytes;
      slideText(height, block.filters > 4, first, first + textBytes, projections, found);
      const to = (<usize>(text * columns + block.column)) << 2;
      for (let filter = 0; filter < block.filters; filter++) {
        const lane = (<usize>filter) << 2;
        const odd = load<f32>(found + lane, 64);
        if (odd != odd) searchOne(height, first, length - height + 1, projections, filter, found);
        const value = load<f32>(found + lane) + (block.bias ? load<f32>(block.bias + lane) : 0);
        // What is not a number passes a ReLU.
        const passes = below == AS_IT_IS || !(value <= 0);
        store<f32>(output + to + lane, passes ? value : 0);
        store<i32>(indices + to + lane, passes ? load<i32>(found + lane, 32) : below == FIRST ? 0 : -1);
      }
    }
  }
}

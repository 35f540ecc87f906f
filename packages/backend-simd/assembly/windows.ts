/**
 * Pooling over windows that are given one by one: those of average pooling (which may overlap, and hang over the edge) and
 * of adaptive pooling (whose sizes differ). A window is a range of rows times a range of columns.
 */
import { sumRow } from "./reduce";

/** One side of the windows, as the host writes it: three i32. */
@unmanaged
class Extent {
  begin: i32;
  end: i32;
  /** How many elements count in the mean: padding may. */
  counted: i32;
}

/** Sizes, as the host writes them: i32 in this order, and then the extents of rows and columns. */
@unmanaged
class Windows {
  height: i32;
  width: i32;
  outHeight: i32;
  outWidth: i32;
  /** What every sum is divided by instead, or 0. */
  divisor: f32;
}

// @ts-ignore: decorator
@inline
function rowsOf(w: Windows): usize {
  return changetype<usize>(w) + offsetof<Windows>();
}

// @ts-ignore: decorator
@inline
function columnsOf(w: Windows): usize {
  return rowsOf(w) + <usize>w.outHeight * offsetof<Extent>();
}

// @ts-ignore: decorator
@inline
function extent(first: usize, index: i32): Extent {
  return changetype<Extent>(first + <usize>index * offsetof<Extent>());
}

// @ts-ignore: decorator
@inline
function divisorOf(w: Windows, row: Extent, column: Extent): f32 {
  return w.divisor != 0 ? w.divisor : <f32>row.counted * <f32>column.counted;
}

/** to = from (if `fresh`) or to + from, for `count` floats. */
function addRow(from: usize, to: usize, count: i32, fresh: bool): void {
  if (fresh) {
    memory.copy(to, from, (<usize>count) << 2);
    return;
  }
  for (; count >= 4; count -= 4) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    from += 16;
    to += 16;
  }
  for (; count > 0; count--) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    from += 4;
    to += 4;
  }
}

/**
 * The means of planes [begin, end) of x [planes, H, W]. First the window's rows are added up, all columns at once, into the
 * `width` floats at `scratch`; then each window's columns.
 */
export function averageWindows(windows: usize, x: usize, out: usize, begin: i32, end: i32, scratch: usize): void {
  const w = changetype<Windows>(windows);
  const rowBytes = (<usize>w.width) << 2;
  let to = out + ((<usize>begin * <usize>w.outHeight * <usize>w.outWidth) << 2);
  for (let plane = begin; plane < end; plane++) {
    const from = x + <usize>plane * <usize>w.height * rowBytes;
    for (let i = 0; i < w.outHeight; i++) {
      const row = extent(rowsOf(w), i);
      for (let y = row.begin; y < row.end; y++) addRow(from + <usize>y * rowBytes, scratch, w.width, y == row.begin);
      for (let j = 0; j < w.outWidth; j++) {
        const column = extent(columnsOf(w), j);
        const first = scratch + ((<usize>column.begin) << 2);
        const many = column.end - column.begin;
        let sum: f32 = 0;
        if (many >= 16) sum = <f32>sumRow(first, many);
        else for (let k = 0; k < many; k++) sum += load<f32>(first + ((<usize>k) << 2));
        store<f32>(to, sum / divisorOf(w, row, column));
        to += 4;
      }
    }
  }
}

/** ∂/∂x of {@link averageWindows}: each gradient in equal shares to its window, for planes [begin, end). */
export function averageWindowsBackward(
  windows: usize,
  gradOutput: usize,
  gradInput: usize,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  const w = changetype<Windows>(windows);
  const rowBytes = (<usize>w.width) << 2;
  const planeBytes = <usize>w.height * rowBytes;
  memory.fill(gradInput + <usize>begin * planeBytes, 0, <usize>(end - begin) * planeBytes);
  let from = gradOutput + ((<usize>begin * <usize>w.outHeight * <usize>w.outWidth) << 2);
  for (let plane = begin; plane < end; plane++) {
    const to = gradInput + <usize>plane * planeBytes;
    for (let i = 0; i < w.outHeight; i++) {
      const row = extent(rowsOf(w), i);
      memory.fill(scratch, 0, rowBytes);
      for (let j = 0; j < w.outWidth; j++) {
        const column = extent(columnsOf(w), j);
        const share = load<f32>(from) / divisorOf(w, row, column);
        from += 4;
        for (let k = column.begin; k < column.end; k++) {
          const at = scratch + ((<usize>k) << 2);
          store<f32>(at, load<f32>(at) + share);
        }
      }
      for (let y = row.begin; y < row.end; y++) addRow(scratch, to + <usize>y * rowBytes, w.width, false);
    }
  }
}

/** The maxima of planes [begin, end) and where they stood in the plane: the first of the largest, or the last NaN. */
export function maxWindows(windows: usize, x: usize, out: usize, indices: usize, begin: i32, end: i32): void {
  const w = changetype<Windows>(windows);
  const plane = (<usize>(w.height * w.width)) << 2;
  let shift = (<usize>begin * <usize>w.outHeight * <usize>w.outWidth) << 2;
  for (let p = begin; p < end; p++) {
    const from = x + <usize>p * plane;
    for (let i = 0; i < w.outHeight; i++) {
      const row = extent(rowsOf(w), i);
      for (let j = 0; j < w.outWidth; j++) {
        const column = extent(columnsOf(w), j);
        let index = row.begin * w.width + column.begin;
        let best = load<f32>(from + ((<usize>index) << 2));
        for (let y = row.begin; y < row.end; y++) {
          for (let at = y * w.width + column.begin; at < y * w.width + column.end; at++) {
            const value = load<f32>(from + ((<usize>at) << 2));
            if (value > best || value != value) {
              best = value;
              index = at;
            }
          }
        }
        store<f32>(out + shift, best);
        store<i32>(indices + shift, index);
        shift += 4;
      }
    }
  }
}

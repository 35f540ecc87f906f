/**
 * C[M, N] (+)= op(A)[M, K] · op(B)[K, N], cache-blocked. K is cut into panels of 256 and N into panels of 512, so that
 * one 8-column panel of B stays in the first cache and a panel of A (up to 100 rows) in the second.
 */
import { blockCount, blockStart, denseTile } from "./tile";

const ROW_PANEL: i32 = 100;
const STEP_PANEL: i32 = 256;
const COLUMN_PANEL: i32 = 512;

/** Bytes of scratch memory that `gemm` needs. */
export function gemmScratchBytes(): i32 {
  return (ROW_PANEL + COLUMN_PANEL) * STEP_PANEL * 4 + 128;
}

/** Packs rows of A (row-major) into blocks of rows, step-major, so that the tile reads it as one stream. */
export function packRows(a: usize, lda: usize, rows: i32, blocks: i32, steps: i32, panel: usize): void {
  for (let block = 0; block < blocks; block++) {
    const start = blockStart(block, rows, blocks);
    const height = blockStart(block + 1, rows, blocks) - start;
    const base = panel + ((<usize>(start * steps)) << 2);
    const step = (<usize>height) << 2;
    for (let row = 0; row < height; row++) {
      let from = a + <usize>(start + row) * lda;
      let to = base + ((<usize>row) << 2);
      for (let k = 0; k < steps; k++) {
        store<u32>(to, load<u32>(from));
        from += 4;
        to += step;
      }
    }
  }
}

/** The same from A stored [K, M]. */
function packTransposedRows(a: usize, lda: usize, rows: i32, blocks: i32, steps: i32, panel: usize): void {
  for (let block = 0; block < blocks; block++) {
    const start = blockStart(block, rows, blocks);
    const bytes = (<usize>(blockStart(block + 1, rows, blocks) - start)) << 2;
    let to = panel + ((<usize>(start * steps)) << 2);
    let from = a + ((<usize>start) << 2);
    for (let k = 0; k < steps; k++) {
      for (let i: usize = 0; i < bytes; i += 4) store<u32>(to + i, load<u32>(from + i));
      to += bytes;
      from += lda;
    }
  }
}

/** Packs B[K, N] into panels of 8 columns; columns beyond N are 0. */
export function packColumns(b: usize, ldb: usize, steps: i32, columns: i32, panel: usize): void {
  for (let column = 0; column < columns; column += 8) {
    const width = min(8, columns - column);
    let from = b + ((<usize>column) << 2);
    if (width == 8) {
      for (let k = 0; k < steps; k++) {
        v128.store(panel, v128.load(from));
        v128.store(panel, v128.load(from, 16), 16);
        panel += 32;
        from += ldb;
      }
    } else {
      for (let k = 0; k < steps; k++) {
        v128.store(panel, f32x4.splat(0));
        v128.store(panel, f32x4.splat(0), 16);
        for (let i = 0; i < width; i++) store<u32>(panel + ((<usize>i) << 2), load<u32>(from + ((<usize>i) << 2)));
        panel += 32;
        from += ldb;
      }
    }
  }
}

/** Packs B stored [N, K] into panels of 8 columns; columns beyond N are 0. */
export function packTransposedColumns(b: usize, ldb: usize, steps: i32, columns: i32, panel: usize): void {
  for (let column = 0; column < columns; column += 8) {
    const width = min(8, columns - column);
    for (let half = 0; half < 8; half += 4) {
      const real = min(4, width - half);
      let to = panel + ((<usize>half) << 2);
      let k = 0;
      if (real == 4) {
        let row0 = b + <usize>(column + half) * ldb;
        let row1 = row0 + ldb;
        let row2 = row1 + ldb;
        let row3 = row2 + ldb;
        for (; k + 4 <= steps; k += 4) {
          const x0 = v128.load(row0);
          const x1 = v128.load(row1);
          const x2 = v128.load(row2);
          const x3 = v128.load(row3);
          const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
          const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
          const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
          const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
          v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
          v128.store(to, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), 32);
          v128.store(to, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 64);
          v128.store(to, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 96);
          row0 += 16;
          row1 += 16;
          row2 += 16;
          row3 += 16;
          to += 128;
        }
      }
      for (; k < steps; k++) {
        v128.store(to, f32x4.splat(0));
        for (let i = 0; i < real; i++) {
          store<u32>(
            to + ((<usize>i) << 2),
            load<u32>(b + <usize>(column + half + i) * ldb + ((<usize>k) << 2)),
          );
        }
        to += 32;
      }
    }
    panel += (<usize>steps) << 5;
  }
}

/**
 * Rows [rowBegin, rowEnd) and columns [columnBegin, columnEnd) of C (+)= op(A) · op(B), all row-major and dense. A is [M, K], stored [K, M] if `transposeA`;
 * B is [K, N], stored [N, K] if `transposeB`. `scratch` has gemmScratchBytes() bytes.
 */
export function gemm(
  a: usize,
  b: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  transposeA: bool,
  transposeB: bool,
  accumulate: bool,
  rowBegin: i32,
  rowEnd: i32,
  columnBegin: i32,
  columnEnd: i32,
  scratch: usize,
): void {
  const rows = rowEnd - rowBegin;
  if (rows <= 0 || columnEnd <= columnBegin) return;
  const ldc = (<usize>n) << 2;
  c += <usize>rowBegin * ldc;
  if (k == 0) {
    const bytes = (<usize>(columnEnd - columnBegin)) << 2;
    const first = c + ((<usize>columnBegin) << 2);
    if (!accumulate) for (let row = 0; row < rows; row++) memory.fill(first + <usize>row * ldc, 0, bytes);
    return;
  }
  const lda = (<usize>(transposeA ? m : k)) << 2;
  const ldb = (<usize>(transposeB ? k : n)) << 2;
  a += transposeA ? (<usize>rowBegin) << 2 : <usize>rowBegin * lda;
  const panelA = (scratch + 63) & ~63;
  const panelB = panelA + ROW_PANEL * STEP_PANEL * 4;
  // Packing pays by reuse: a panel of B is read once for each block of rows of A, a panel of A once for each 8 columns of B.
  const packB = transposeB || rows > 24;
  const packA = !transposeA || columnEnd - columnBegin > 64;

  for (let column = columnBegin; column < columnEnd; column += COLUMN_PANEL) {
    const columns = min(COLUMN_PANEL, columnEnd - column);
    for (let step = 0; step < k; step += STEP_PANEL) {
      const steps = min(STEP_PANEL, k - step);
      const more = accumulate || step > 0;
      const fromB = transposeB
        ? b + <usize>column * ldb + ((<usize>step) << 2)
        : b + <usize>step * ldb + ((<usize>column) << 2);
      // The last, incomplete panel is always packed: read in place it would run into the next row, or past the end.
      const inPlace = packB ? 0 : columns & ~7;
      if (transposeB) packTransposedColumns(fromB, ldb, steps, columns, panelB);
      else if (packB) packColumns(fromB, ldb, steps, columns, panelB);
      else if (inPlace < columns) {
        packColumns(fromB + ((<usize>inPlace) << 2), ldb, steps, columns - inPlace, panelB);
      }
      for (let row = 0; row < rows; row += ROW_PANEL) {
        const height = min(ROW_PANEL, rows - row);
        const blocks = blockCount(height);
        const fromA = transposeA
          ? a + <usize>step * lda + ((<usize>row) << 2)
          : a + <usize>row * lda + ((<usize>step) << 2);
        if (!transposeA) packRows(fromA, lda, height, blocks, steps, panelA);
        else if (packA) packTransposedRows(fromA, lda, height, blocks, steps, panelA);
        for (let j = 0; j < columns; j += 8) {
          const width = min(8, columns - j);
          const direct = j < inPlace;
          const tileB = direct ? fromB + ((<usize>j) << 2) : panelB + ((<usize>((j - inPlace) * steps)) << 2);
          const stepB: usize = direct ? ldb : 32;
          for (let block = 0; block < blocks; block++) {
            const start = blockStart(block, height, blocks);
            const count = blockStart(block + 1, height, blocks) - start;
            denseTile(
              count,
              packA ? panelA + ((<usize>(start * steps)) << 2) : fromA + ((<usize>start) << 2),
              packA ? (<usize>count) << 2 : lda,
              tileB,
              stepB,
              steps,
              c + <usize>(row + start) * ldc + ((<usize>(column + j)) << 2),
              ldc,
              width,
              0,
              more,
            );
          }
        }
      }
    }
  }
}

/**
 * The products [begin, end) of a batch, C[batch, M, N]. `axes` holds, for each of `rank` leading axes, three i32: its size and the strides
 * of A and B in elements.
 */
export function gemmBatch(
  a: usize,
  b: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  transposeA: bool,
  transposeB: bool,
  axes: usize,
  rank: i32,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  for (let i = begin; i < end; i++) {
    let rest = i;
    let offsetA = 0;
    let offsetB = 0;
    for (let axis = rank - 1; axis >= 0; axis--) {
      const entry = axes + <usize>axis * 12;
      const size = load<i32>(entry);
      const quotient = rest / size;
      const index = rest - quotient * size;
      rest = quotient;
      offsetA += index * load<i32>(entry, 4);
      offsetB += index * load<i32>(entry, 8);
    }
    gemm(
      a + ((<usize>offsetA) << 2),
      b + ((<usize>offsetB) << 2),
      c + <usize>i * ((<usize>(m * n)) << 2),
      m,
      n,
      k,
      transposeA,
      transposeB,
      false,
      0,
      m,
      0,
      n,
      scratch,
    );
  }
}

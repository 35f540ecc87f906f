/**
 * Products with a matrix that is packed once and multiplied many times: a recurrent layer's weights, step after step.
 * Rows of the other operand and of the result may lie apart, as those of one step of `[N, T, …]` do.
 */
import { packColumns, packRows, packTransposedColumns } from "./gemm";
import { blockCount, blockStart, denseTile } from "./tile";

/** Floats that `packWeight` writes. */
export function packedWeightFloats(steps: i32, columns: i32): i32 {
  return ((columns + 7) & ~7) * steps;
}

/** Packs B, `steps` × `columns` (stored the other way round if `transposed`), its rows `ldb` bytes apart. */
export function packWeight(b: usize, ldb: usize, steps: i32, columns: i32, transposed: bool, panels: usize): void {
  if (transposed) packTransposedColumns(b, ldb, steps, columns, panels);
  else packColumns(b, ldb, steps, columns, panels);
}

/** Packs `rows` rows of A, of `steps` floats and `lda` bytes apart, into rows · steps floats. */
export function packLeft(a: usize, lda: usize, rows: i32, steps: i32, packed: usize): void {
  packRows(a, lda, rows, blockCount(rows), steps, packed);
}

/** C (+)= A · B of packed operands; C's rows lie `ldc` bytes apart. */
export function multiplyPacked(
  packed: usize,
  rows: i32,
  steps: i32,
  panels: usize,
  columns: i32,
  c: usize,
  ldc: usize,
  accumulate: bool,
): void {
  const blocks = blockCount(rows);
  for (let j = 0; j < columns; j += 8) {
    const width = min(8, columns - j);
    const panel = panels + ((<usize>(j * steps)) << 2);
    const to = c + ((<usize>j) << 2);
    for (let block = 0; block < blocks; block++) {
      const start = blockStart(block, rows, blocks);
      const count = blockStart(block + 1, rows, blocks) - start;
      const left = packed + ((<usize>(start * steps)) << 2);
      denseTile(count, left, (<usize>count) << 2, panel, 32, steps, to + <usize>start * ldc, ldc, width, 0, accumulate);
    }
  }
}

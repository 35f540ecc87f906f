/**
 * Products with a matrix that is packed once and multiplied many times: a recurrent layer's weights, step after step.
 * Rows of the other operand and of the result may lie apart, as those of one step of `[N, T, …]` do.
 */
import { packColumns, packRows, packTransposedColumns } from "./gemm";
import { blockCount, blockStart, denseTile } from "./tile";

/**
 * Packs columns [begin, end) of B, `steps` × `columns` (stored the other way round if `transposed`), its stored rows `ldb` bytes
 * apart; begin is a multiple of 8.
 */
export function packWeight(
  b: usize,
  ldb: usize,
  steps: i32,
  columns: i32,
  transposed: bool,
  panels: usize,
  begin: i32,
  end: i32,
): void {
  const to = panels + ((<usize>(begin * steps)) << 2);
  if (transposed) packTransposedColumns(b + <usize>begin * ldb, ldb, steps, end - begin, to);
  else packColumns(b + ((<usize>begin) << 2), ldb, steps, end - begin, to);
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

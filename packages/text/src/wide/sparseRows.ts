/** A matrix of zeros and ones by rows: for each row, the columns of its ones. */
export interface SparseRows {
  /** Where each row begins in {@link columns}, and at the end where the last one ends. */
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  /** How many columns the matrix has. */
  readonly width: number;
}

/** How many rows a matrix has. */
export const rowCount = ({ starts }: SparseRows): number => starts.length - 1;

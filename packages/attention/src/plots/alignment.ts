import type { HostArray } from '@flambeau/core';

/** Where a model looked while it wrote: what the alignment plots show. A `Translation` with attention is one. */
export interface Alignment {
  /** The tokens that were read: columns. */
  readonly source: readonly string[];
  /** The tokens that were written: rows. */
  readonly target: readonly string[];
  /** `[target, source]`, each row a distribution over the source. */
  readonly attention: HostArray<'float32'>;
}

/** Throws unless there is a weight for each pair of tokens, and one token at least on both sides. */
export function checkAlignment(caller: string, { source, target, attention }: Alignment): void {
  const [rows, columns] = attention.shape;
  if (attention.shape.length !== 2 || rows !== target.length || columns !== source.length || rows * columns === 0) {
    throw new RangeError(
      `${caller}: expected attention [target, source] = [${target.length}, ${source.length}], both above 0, got [${attention.shape.join(', ')}]`,
    );
  }
}

/** The weight of a source token while a target token was written. */
export function weightAt({ source, attention }: Alignment, row: number, column: number): number {
  return attention.data[row * source.length + column]!;
}

/** The source token that a target token was most aligned with. */
export function strongestColumn(alignment: Alignment, row: number): number {
  let best = 0;
  for (let column = 1; column < alignment.source.length; column++) {
    // Written so that a weight that is no number gives way to one that is.
    if (!(weightAt(alignment, row, column) <= weightAt(alignment, row, best))) best = column;
  }
  return best;
}

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { type Deferred, Storage } from '../backend/storage.ts';
import { COST } from '../threads/cost.ts';

/** How many shares the kernels deal the rows to: SHARES of assembly/rowsGradient.ts. */
export const SHARES = 64;

/**
 * The gradient of a table of which few rows have one, as an embedding's. Optimizers read those rows alone, and so never write, or
 * read, the zeros of all others; whoever else reads it gets the whole, computed then.
 */
export class RowsGradient implements Deferred {
  /** float32 [rows that have a gradient, width] */
  readonly rows: Storage;
  /** int32, for each row of the table which of them is its, −1 for none. */
  readonly places: Storage;
  readonly width: number;
  private readonly backend: SimdBackend;

  /** Takes both storages over. */
  constructor(backend: SimdBackend, rows: Storage, places: Storage, width: number) {
    this.backend = backend;
    this.rows = rows;
    this.places = places;
    this.width = width;
  }

  compute(pointer: number): void {
    const { backend, rows, places, width } = this;
    const count = places.byteLength / 4;
    const split = backend.split(count, count * width * COST.copy);
    backend.run('spreadRows', split, [rows.pointer, places.pointer, width * 4, pointer, 0, count]);
  }

  release(): void {
    this.rows.release();
    this.places.release();
  }
}

/**
 * A table's gradient by its rows.
 *
 * @param number writes for each row of the table which row of the gradient is its, or −1, and gives how many there are
 * @param sum writes those rows
 */
export function rowsGradient(
  backend: SimdBackend,
  [tableRows, width]: readonly [number, number],
  number: (places: number) => number,
  sum: (rows: number, places: number, count: number) => void,
): TensorInfo {
  const places = new Storage(backend.heap, tableRows * 4);
  let rows: Storage | undefined;
  try {
    const count = number(places.pointer);
    rows = new Storage(backend.heap, count * width * 4);
    sum(rows.pointer, places.pointer, count);
    return backend.deferred([tableRows, width], new RowsGradient(backend, rows, places, width));
  } catch (error) {
    rows?.release();
    places.release();
    throw error;
  }
}

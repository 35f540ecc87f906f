import { type HostArray, hostArray } from '@flambeau/core';
import { dispose, type TensorContainer, tidy } from '@tensorflow/tfjs-core';

/** As TensorFlow.js's `tidy`, for results of any form: the tensors in them stay. */
export function tidied<T>(f: () => T): T {
  return tidy(() => f() as TensorContainer) as T;
}

/** Frees all tensors in `held`; those that are free already stay so. */
export function free(held: unknown): void {
  dispose(held as TensorContainer);
}

/** Rows of weights as one array `[T, places]`; null where there are none. */
export function stackRows(rows: readonly Float32Array[], places: number): HostArray<'float32'> | null {
  if (rows.length === 0) return null;
  const all = new Float32Array(rows.length * places);
  rows.forEach((row, i) => {
    all.set(row, i * places);
  });
  return hostArray('float32', [rows.length, places], all);
}

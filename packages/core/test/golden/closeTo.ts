import { expect } from 'vitest';
import type { HostArray } from '../../src/tensor/hostArray.ts';

/** How far a kernel may be from PyTorch: the largest difference over the largest number expected. */
export const TOLERANCE = 1e-5;

/**
 * Holds an array to a recorded one: same shape, NaN and infinities in the same places, and everywhere else
 * max|Δ| ≤ {@link TOLERANCE} · max|expected|.
 *
 * Element by element the comparison would mean nothing: PyTorch's own float32 gradients differ without bound near zeros.
 */
export function expectClose(actual: HostArray, expected: HostArray, what: string): void {
  expect(actual.shape, `shape of ${what}`).toEqual(expected.shape);
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < expected.data.length; i++) {
    const wanted = Number(expected.data[i]);
    const given = Number(actual.data[i]);
    if (Number.isFinite(wanted)) {
      largest = Math.max(largest, Math.abs(wanted));
      // A NaN or an infinity where a number belongs is as wrong as can be.
      difference = Number.isFinite(given) ? Math.max(difference, Math.abs(given - wanted)) : Infinity;
      if (difference === Infinity) break;
    } else {
      expect(given, `${what} [${i}]`).toBe(wanted);
    }
  }
  expect(difference, `largest difference of ${what}, whose largest number is ${largest}`).toBeLessThanOrEqual(
    TOLERANCE * largest,
  );
}

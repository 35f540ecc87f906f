/**
 * Fails unless every number is within `tolerance` of the expected one, relative to the largest expected magnitude, or to
 * `smallestScale` where all are smaller: what has cancelled out isn't asked for digits it doesn't have. NaN and ∞ must be
 * in the same places.
 */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance = 1e-5,
  smallestScale = 0.1,
): void {
  if (actual.length !== expected.length) {
    throw new Error(`expected ${expected.length} numbers, got ${actual.length}`);
  }
  let scale = smallestScale;
  for (let i = 0; i < expected.length; i++) {
    const magnitude = Math.abs(expected[i]!);
    if (Number.isFinite(magnitude)) scale = Math.max(scale, magnitude);
  }
  for (let i = 0; i < expected.length; i++) {
    const [got, wanted] = [actual[i]!, expected[i]!];
    const same = Number.isFinite(wanted) ? Math.abs(got - wanted) <= tolerance * scale : Object.is(got, wanted);
    if (!same) throw new Error(`at ${i} of ${expected.length}: expected ${wanted}, got ${got} (scale ${scale})`);
  }
}

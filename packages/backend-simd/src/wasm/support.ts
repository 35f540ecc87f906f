/** A module of one function that returns i8x16.popcnt(i8x16.splat(0)): valid only where WebAssembly SIMD is. */
const PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123],
  ...[3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);

/** Why this JavaScript engine can't run the backend, in one sentence, or undefined if it can. */
export function simdMissing(): string | undefined {
  if (typeof WebAssembly !== 'object') {
    return 'The simd backend needs WebAssembly, which this JavaScript engine does not have or has switched off.';
  }
  if (!WebAssembly.validate(PROBE)) {
    return (
      'The simd backend needs WebAssembly SIMD, which this JavaScript engine does not have: ' +
      'use Node 20.19, Chrome 120, Firefox 89, Safari 16.4 or newer.'
    );
  }
  return undefined;
}

/**
 * The same numbers in every language, spread evenly over −0.5…0.5: `pytorch/ops.py` has the same formula, so that the
 * results of all contestants can be held against each other.
 */
export function values(size: number, stream: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => (hash(i, stream) >>> 8) / 2 ** 24 - 0.5);
}

/** Numbers even in 0…1, as float64. */
export function fractions(size: number, stream: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => (hash(i, stream) >>> 8) / 2 ** 24);
}

/** Class indices of the same kind. */
export function classes(size: number, count: number): Int32Array {
  return Int32Array.from({ length: size }, (_, i) => (hash(i, 99) >>> 8) % count);
}

function hash(i: number, stream: number): number {
  let x = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca77);
  x = Math.imul(x ^ (x >>> 15), 0xc2b2ae3d);
  return x ^ (x >>> 13);
}

/** One number for a result: the mean magnitude, to three digits the same whoever computed it. */
export function digest(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.abs(values[i]!);
  return sum / values.length;
}

/** One number for several results. */
export function digestOf(results: readonly ArrayLike<number>[]): number {
  return results.reduce((sum, values) => sum + digest(values), 0);
}

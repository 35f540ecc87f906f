/** A small seeded generator (mulberry32): a test that fails can be repeated. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** float32 numbers in [−1, 1). */
export function randomFloats(count: number, random: () => number): Float32Array {
  return Float32Array.from({ length: count }, () => random() * 2 - 1);
}

/** The same with a NaN, ±∞, zeros of both signs and a subnormal sprinkled in. */
export function withSpecialValues(values: Float32Array, random: () => number): Float32Array {
  const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1e-40];
  return values.map((value) => (random() < 0.2 ? special[Math.floor(random() * special.length)]! : value));
}

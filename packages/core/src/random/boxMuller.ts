/*
 * PyTorch fills sixteen or more normal numbers with a vectorised Box-Muller transform in float32, whose logarithm, sine
 * and cosine are the polynomials of the Cephes library (Stephen L. Moshier) in the arrangement of avx_mathfun
 * (Giovanni Garberoglio, after Julien Pommier's sse_mathfun; zlib licence). This is the same arithmetic, one number at
 * a time: `Math.fround` marks where a float32 is rounded, and `fround(a * b + c)` is a fused multiply-add, because the
 * product of two float32 is exact in a double.
 */
const fround = Math.fround;

/** 2^-k for k = 0..25. */
const INVERSE_POWER = Float64Array.from({ length: 26 }, (_, k) => 2 ** -k);

const SQRT_HALF = fround(Math.SQRT1_2);
const LOG_P0 = fround(7.0376836292e-2);
const LOG_P1 = fround(-1.151461031e-1);
const LOG_P2 = fround(1.167699874e-1);
const LOG_P3 = fround(-1.2420140846e-1);
const LOG_P4 = fround(1.4249322787e-1);
const LOG_P5 = fround(-1.6668057665e-1);
const LOG_P6 = fround(2.0000714765e-1);
const LOG_P7 = fround(-2.4999993993e-1);
const LOG_P8 = fround(3.3333331174e-1);
const LOG_Q1 = fround(-2.1219444e-4);
const LOG_Q2 = fround(0.693359375);

const TWO_PI = fround(2 * Math.PI);
const FOUR_OVER_PI = fround(4 / Math.PI);
const PI_1 = fround(-0.78515625);
const PI_2 = fround(-2.4187564849853516e-4);
const PI_3 = fround(-3.774894977445941e-8);
const SIN_P0 = fround(-1.9515295891e-4);
const SIN_P1 = fround(8.3321608736e-3);
const SIN_P2 = fround(-1.6666654611e-1);
const COS_P0 = fround(2.443315711809948e-5);
const COS_P1 = fround(-1.388731625493765e-3);
const COS_P2 = fround(4.166664568298827e-2);

/** log(m / 2^24) in float32, for whole m in 1..2^24. */
function log24(m: number): number {
  const bits = 32 - Math.clz32(m);
  let e = bits - 24;
  let x = m * INVERSE_POWER[bits]!;
  if (x < SQRT_HALF) {
    e -= 1;
    x = x + x - 1;
  } else {
    x = x - 1;
  }
  const z = fround(x * x);
  let y = fround(LOG_P0 * x + LOG_P1);
  y = fround(y * x + LOG_P2);
  y = fround(y * x + LOG_P3);
  y = fround(y * x + LOG_P4);
  y = fround(y * x + LOG_P5);
  y = fround(y * x + LOG_P6);
  y = fround(y * x + LOG_P7);
  y = fround(y * x + LOG_P8);
  y = fround(y * x);
  y = fround(y * z + fround(e * LOG_Q1));
  y = fround(y - z * 0.5);
  x = fround(x + y);
  return fround(e * LOG_Q2 + x);
}

/**
 * Turns sixteen uniform numbers of [0, 1), multiples of 2^-24, at `data[start]` into sixteen normal ones, in place:
 * number j and number j + 8 make a pair.
 */
export function boxMuller16(data: Float32Array, start: number, mean: number, std: number): void {
  for (let j = start; j < start + 8; j++) {
    // 1 - u is in (0, 1], so that the logarithm is finite.
    const radius = fround(Math.sqrt(-2 * log24(16777216 - data[j]! * 16777216)));
    const theta = fround(TWO_PI * data[j + 8]!);

    // theta = octant · pi/4 + x, the octant rounded up to an even one, so that |x| <= pi/4.
    const octant = (fround(theta * FOUR_OVER_PI) + 1) & ~1;
    let x = fround(octant * PI_1 + theta);
    x = fround(octant * PI_2 + x);
    x = fround(octant * PI_3 + x);
    const z = fround(x * x);

    let cosine = fround(COS_P0 * z + COS_P1);
    cosine = fround(cosine * z + COS_P2);
    cosine = fround(cosine * z);
    cosine = fround(cosine * z - z * 0.5);
    cosine = fround(cosine + 1);

    let sine = fround(SIN_P0 * z + SIN_P1);
    sine = fround(sine * z + SIN_P2);
    sine = fround(fround(sine * z) * x + x);

    const swapped = (octant & 2) !== 0;
    const sinTheta = (octant & 4) !== 0 ? -(swapped ? cosine : sine) : swapped ? cosine : sine;
    const cosTheta = ((octant - 2) & 4) === 0 ? -(swapped ? sine : cosine) : swapped ? sine : cosine;
    data[j] = fround(radius * cosTheta) * std + mean;
    data[j + 8] = fround(radius * sinTheta) * std + mean;
  }
}

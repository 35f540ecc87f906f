/** The gradient of a scalar function by central differences in float64. */
export function numericGradient(f: (x: Float64Array) => number, at: ArrayLike<number>): Float64Array {
  const x = Float64Array.from(at);
  const step = 1e-5;
  return x.map((value, i) => {
    x[i] = value + step;
    const above = f(x);
    x[i] = value - step;
    const below = f(x);
    x[i] = value;
    return (above - below) / (2 * step);
  });
}

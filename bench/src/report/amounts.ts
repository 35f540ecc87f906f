/** Three digits that count, without an exponent: `0.0123`, `4.56`, `78.9`, `1,234`. */
export function threeDigits(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A time in the unit that suits it: `850 ns`, `12.3 µs`, `4.56 ms`, `2.47 s`. */
export function duration(seconds: number): string {
  const [scale, unit] =
    seconds < 1e-6 ? [1e9, 'ns'] : seconds < 1e-3 ? [1e6, 'µs'] : seconds < 1 ? [1e3, 'ms'] : [1, 's'];
  return `${threeDigits(seconds * scale)} ${unit}`;
}

/** `0.84×` */
export function times(ratio: number): string {
  return `${ratio.toFixed(2)}×`;
}

/** Decimal units, as package registries show them. */
export function bytes(count: number): string {
  return count < 1e6 ? `${threeDigits(count / 1e3)} kB` : `${threeDigits(count / 1e6)} MB`;
}

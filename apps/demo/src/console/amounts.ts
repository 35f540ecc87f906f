/** 60000 → 60,000. */
export const count = (value: number): string => Math.round(value).toLocaleString('en-US');

/** 0.8712 → 87.12%. */
export const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;

/** 26421880 → 26.4 MB. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  const [unit, size] = value < 1e6 ? ['kB', 1e3] : value < 1e9 ? ['MB', 1e6] : ['GB', 1e9];
  return `${(value / (size as number)).toFixed(1)} ${unit}`;
}

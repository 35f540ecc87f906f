import { median } from '../statistics/summary.ts';
import { ours, type RowResult } from './ops.ts';
import { roofOf } from './roof.ts';

/** Clocks change within a run, caches help; but not by so much. */
const TOLERANCE = 1.5;

/**
 * Who computes with 128-bit vectors can't be faster than these: a sentence for each of our rows that is, and so does not do the work
 * that it is timed for.
 *
 * @param counts - the numbers of threads that we were measured with.
 */
export function impossibleRates(rows: readonly RowResult[], counts: readonly number[]): string[] {
  const roof = roofOf(rows);
  if (roof === undefined) return [];
  return rows.flatMap(({ row, seconds }) => {
    if (row.flops === undefined) return [];
    return counts.flatMap((threads) => {
      const measured = seconds[ours(threads)];
      const limit = TOLERANCE * threads * roof.flops;
      if (measured === undefined || row.flops! / median(measured) <= limit) return [];
      const rate = row.flops! / median(measured) / 1e9;
      return [
        `${row.group} ${row.label}: ${ours(threads)} can't compute ${rate.toFixed(0)} GFLOP/s; this row times something else`,
      ];
    });
  });
}

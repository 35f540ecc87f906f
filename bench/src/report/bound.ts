import { ours, type RowResult } from '../ops/ops.ts';
import { type Floor, floorOf, type Roof } from '../ops/roof.ts';
import { median } from '../statistics/summary.ts';

const names: Readonly<Record<keyof Floor, string>> = { arithmetic: 'arithmetic', data: 'data', call: 'the call' };

/**
 * What bounds a row on one thread, and for how much of its time that alone accounts: `arithmetic 63%` takes 63% of the time
 * at the 128-bit peak. What is left is the kernel's own: loads into registers, packing, edges, waiting. Where that is more
 * than half, the kernel bounds itself: `itself (data 24%)`.
 */
export function boundOf(result: RowResult, roof: Roof): string {
  const seconds = result.seconds[ours(1)];
  const { flops, bytes } = result.row;
  if (seconds === undefined || (flops === undefined && bytes === undefined)) return '—';
  const floor = Object.entries(floorOf(result, roof)) as [keyof Floor, number][];
  const [name, time] = floor.reduce((most, each) => (each[1] > most[1] ? each : most));
  const share = time / median(seconds);
  const bound = `${names[name]} ${percent(share)}`;
  return share < 0.5 ? `itself (${bound})` : bound;
}

/** How much of the machine's 128-bit peak a row reaches on one thread. */
export function ofPeak({ row, seconds }: RowResult, roof: Roof): string {
  const own = seconds[ours(1)];
  return own === undefined || row.flops === undefined ? '—' : percent(row.flops / median(own) / roof.flops);
}

function percent(fraction: number): string {
  return `${Math.round(100 * fraction)}%`;
}

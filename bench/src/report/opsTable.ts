import { type OpsPart, onnx, ours, type RowResult, theirs } from '../ops/ops.ts';
import { type Roof, roofOf } from '../ops/roof.ts';
import type { OpRow } from '../ops/rows.ts';
import { median, outliers, pairedRatio } from '../statistics/summary.ts';
import { duration, threeDigits, times } from './amounts.ts';
import { boundOf, ofPeak } from './bound.ts';
import { formatTable } from './table.ts';

/**
 * One table a group: what this library and PyTorch reach, the ratio of their times, how much of the machine's peak that is and
 * what bounds it (where the run has measured the machine), and how much longer the others take.
 */
export function opsTables({ contestants, rows }: OpsPart): string {
  const groups = [...new Set(rows.map(({ row }) => row.group))];
  const main = contestants.filter(({ threads }) => threads !== undefined);
  const others = contestants.filter(({ threads }) => threads === undefined);
  const counts = [...new Set(main.map(({ threads }) => threads!))];
  const references = [
    { title: 'PyTorch', of: theirs },
    { title: 'ONNX Runtime', of: onnx },
  ].filter(({ of }) => main.some(({ name }) => counts.some((count) => name === of(count))));
  const ratios = references.flatMap(({ title, of }) => counts.map((count) => ({ title, of, count })));
  const roof = roofOf(rows);
  const titles = [
    ...main.map(({ name }) => name),
    ...ratios.map(({ title, count }) => `ours ÷ ${title}, ${count}`),
    ...(roof ? ['of peak', 'bound by'] : []),
    ...others.map(({ name }) => name),
  ];
  const columns = (group: string) => [{ title: group }, ...titles.map((title) => ({ title, align: 'right' as const }))];
  const measured = groups.filter((group) => roof === undefined || group !== 'machine');
  const tables = measured.map((group) =>
    formatTable(
      columns(group),
      rows
        .filter(({ row }) => row.group === group)
        .map((result) => [
          result.row.label,
          ...main.map(({ name }) => attained(result, name)),
          ...ratios.map(({ of, count }) => ratio(result, ours(count), of(count))),
          ...(roof ? [ofPeak(result, roof), boundOf(result, roof)] : []),
          ...others.map(({ name }) => slower(result, name, ours(counts[0]!))),
        ]),
    ),
  );
  const far = rows.flatMap(({ seconds }) => Object.values(seconds).map((values) => outliers(values).length));
  const total = rows.flatMap(({ seconds }) => Object.values(seconds)).flat().length;
  const tail = `Of ${total} measurements ${far.reduce((sum, count) => sum + count, 0)} lie far from the rest of their row.`;
  const legend = others.length === 0 ? '' : `The last columns: how many times as long as ${ours(counts[0]!)}.\n\n`;
  const machine = roof === undefined ? '' : `${machineSentence(roof)}\n\n`;
  return `${machine}${tables.join('\n\n')}\n\n${legend}${tail}`;
}

/** What stands over all rows. */
function machineSentence({ flops, streams, call }: Roof): string {
  const rates = streams.map(({ bytes, rate }) => `${threeDigits(rate / 1e9)} GB/s through ${bytes / 2 ** 20} MiB`);
  const peak = `${threeDigits(flops / 1e9)} GFLOP/s with 128-bit vectors (independent multiply–add chains in registers)`;
  return `One thread of this machine, by WebAssembly loops: ${peak}; ${rates.join(', ')}. The smallest op: ${duration(call)}.`;
}

/** GFLOP/s or GB/s where the row knows its work, and the time. */
function attained({ row, seconds }: RowResult, name: string): string {
  if (seconds[name] === undefined) return '—';
  const time = median(seconds[name]);
  const rate = rateOf(row, time);
  return rate === '' ? duration(time) : `${rate} · ${duration(time)}`;
}

function rateOf({ flops, bytes }: OpRow, time: number): string {
  if (flops !== undefined) return `${threeDigits(flops / time / 1e9)} GFLOP/s`;
  return bytes === undefined ? '' : `${threeDigits(bytes / time / 1e9)} GB/s`;
}

function ratio({ seconds }: RowResult, name: string, reference: string): string {
  const [own, other] = [seconds[name], seconds[reference]];
  if (own === undefined || other === undefined) return '—';
  return own.length === other.length ? times(pairedRatio(own, other)) : times(median(own) / median(other));
}

function slower({ seconds }: RowResult, name: string, reference: string): string {
  const [other, own] = [seconds[name], seconds[reference]];
  if (other === undefined || own === undefined) return '—';
  // Measured once where it was too slow for rounds; then there are no pairs.
  return `${threeDigits(other.length === own.length ? pairedRatio(other, own) : median(other) / median(own))}×`;
}

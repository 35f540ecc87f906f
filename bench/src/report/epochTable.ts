import type { EpochPart, EpochResult, EpochVariant } from '../epoch/epoch.ts';
import { median, pairedRatio, summarize } from '../statistics/summary.ts';
import { bytes, duration, times } from './amounts.ts';
import { formatTable } from './table.ts';

const names: Readonly<Record<EpochVariant, string>> = {
  shipped: '`NotesCnn` and `Trainer`, as shipped',
  plain: 'the same, written plainly by a user',
  chromium: '`NotesCnn` and `Trainer` in a worker of headless Chromium',
  pytorch: 'PyTorch',
};

export function epochTable({ results }: EpochPart): string {
  const columns = ['who', 'threads', 'epoch', 'quartiles', '÷ PyTorch', 'peak memory', 'last loss', 'rounds'];
  return formatTable(
    columns.map((title, index) => ({ title, align: index === 0 ? 'left' : 'right' })),
    results.map((result) => {
      const { variant, threads, seconds, peakBytes, trainLoss } = result;
      const { median: middle, quartiles, rounds, outliers } = summarize(seconds);
      return [
        names[variant],
        String(threads),
        duration(middle),
        quartiles.map(duration).join(' – '),
        ratioTo(result, results),
        peakBytes.length === 0 ? '—' : bytes(median(peakBytes)),
        trainLoss.toFixed(4),
        outliers > 0 ? `${rounds}, ${outliers} far off` : String(rounds),
      ];
    }),
  );
}

function ratioTo(result: EpochResult, results: readonly EpochResult[]): string {
  const reference = results.find(({ variant, threads }) => variant === 'pytorch' && threads === result.threads);
  if (reference === undefined) return '—';
  return reference === result ? '1' : times(pairedRatio(result.seconds, reference.seconds));
}

import cliProgress from 'cli-progress';
import type { Output } from './output.ts';

/** A bar with rate and time left, on standard error; nothing where that is no terminal. */
export interface ProgressBar {
  update(done: number): void;
  /** Takes the bar away. */
  stop(): void;
}

const width = 24;

const still: ProgressBar = { update() {}, stop() {} };

/** What the bar is about. */
export interface ProgressBarOptions {
  /** What stands before the bar. */
  label: string;
  total: number;
  /** How an amount is written, and its unit, where that does not say it. */
  amount: (value: number) => string;
  unit?: string;
}

export function startProgressBar(output: Output, { label, total, amount, unit = '' }: ProgressBarOptions): ProgressBar {
  if (!output.animated) return still;
  const started = performance.now();
  const bar = new cliProgress.SingleBar(
    {
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
      fps: 10,
      format: (options, { progress, value }) => {
        const elapsed = (performance.now() - started) / 1000;
        const rate = elapsed > 0 ? value / elapsed : 0;
        const left = rate > 0 ? `${Math.ceil((total - value) / rate)} s left` : '';
        const filled = Math.round(progress * width);
        const drawn = '█'.repeat(filled) + '░'.repeat(width - filled);
        const line = `${label} ${drawn} ${amount(value)} of ${amount(total)}${unit} · ${amount(rate)}${unit}/s · ${left}`;
        // A line that wraps could not be drawn over.
        return line.slice(
          0,
          (options.stream as NodeJS.WriteStream | undefined)?.columns ?? process.stderr.columns ?? 80,
        );
      },
    },
    cliProgress.Presets.shades_classic,
  );
  bar.start(total, 0);
  return { update: (done) => bar.update(done), stop: () => bar.stop() };
}

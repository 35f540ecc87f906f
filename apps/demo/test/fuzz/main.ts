import { Command } from 'commander';
import { parseCount, parseIndex } from '../../src/commandLine/numbers.ts';
import { formatTable } from '../../src/console/table.ts';
import { FACTOR, FLOOR_BYTES } from './memory.ts';
import { type FuzzReport, runFuzz } from './runFuzz.ts';
import { targets } from './targets/index.ts';

interface Options {
  readonly seed: number;
  readonly count: number;
  readonly only?: string;
}

const MAX_SHOWN = 10;

const command = new Command('fuzz')
  .description(
    'has every parser read mutated files: each must be read right or refused with the one error of its parser',
  )
  .option('--seed <n>', "the first file's seed; file n has seed + n", parseIndex, 0)
  .option('--count <n>', 'mutated files for each parser', parseCount, 10_000)
  .option('--only <parser>', `one of ${Object.keys(targets).join(', ')}`);

async function fuzz({ seed, count, only }: Options): Promise<boolean> {
  if (only !== undefined && !Object.hasOwn(targets, only)) {
    throw new RangeError(`there is no parser '${only}', expected one of ${Object.keys(targets).join(', ')}`);
  }
  const reports: FuzzReport[] = [];
  for (const target of only === undefined ? Object.keys(targets) : [only]) {
    const report = await runFuzz({ target, seed, count });
    reports.push(report);
    process.stderr.write(`${target}: seeds ${seed} to ${seed + count - 1}, ${report.faults.length} faults\n`);
    for (const { seed: at, message } of report.faults.slice(0, MAX_SHOWN)) {
      process.stderr.write(
        `  pnpm fuzz --only ${target} --seed ${at} --count 1\n    ${message.replaceAll('\n', '\n    ')}\n`,
      );
    }
    if (report.faults.length > MAX_SHOWN) process.stderr.write(`  … ${report.faults.length - MAX_SHOWN} more\n`);
  }
  const rows = reports.map((report) => [
    report.target,
    String(report.files),
    String(report.accepted),
    String(report.files - report.accepted - report.faults.length),
    String(report.faults.length),
    `${report.slowestMs.toFixed(1)} ms`,
    `${report.memoryRatio.toFixed(2)}×`,
  ]);
  const head = ['parser', 'files', 'read', 'refused', 'faults', 'slowest', 'memory'];
  process.stdout.write(`${formatTable(head, rows, { right: [1, 2, 3, 4, 5, 6] })}\n`);
  process.stdout.write(
    `memory: peak growth of heap and array buffers beyond ${FLOOR_BYTES / 1024} KiB, in times the file (or what it unpacks to); at most ${FACTOR}× is allowed\n`,
  );
  return reports.every(({ faults }) => faults.length === 0);
}

// `pnpm fuzz -- ARGS` hands a literal `--` on.
command.parse(
  process.argv.slice(2).filter((arg) => arg !== '--'),
  { from: 'user' },
);
try {
  process.exitCode = (await fuzz(command.opts<Options>())) ? 0 : 1;
} catch (error) {
  process.stderr.write(`fuzz: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { root } from './children/commands.ts';
import { replaceBetweenMarkers } from './report/markers.ts';
import { formatReport } from './report/report.ts';
import { type PartName, partNames } from './results.ts';
import { run } from './run.ts';

interface Options {
  readonly torch?: string;
  readonly tfjsNode?: string;
  readonly onnxruntime?: string;
  readonly chromium?: string;
  readonly dataDir?: string;
  readonly only?: PartName[];
  readonly threads: number[];
  readonly rounds?: number;
  readonly quick: boolean;
  readonly json?: string;
  readonly write: boolean;
}

function count(text: string): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value > 0)) throw new InvalidArgumentError('Expected a whole number above 0.');
  return value;
}

const counts = (text: string) => [...new Set(text.split(',').map(count))];

const program = new Command('pnpm bench')
  .description('How fast this library is, in turns with PyTorch and with what else JavaScript has.')
  .option('--torch <python>', 'a Python that has torch; without it PyTorch is left out')
  .option('--tfjs-node <folder>', "where @tensorflow/tfjs-node is installed, if not among this project's packages")
  .option('--onnxruntime <folder>', "where onnxruntime-node is installed, if not among this project's packages")
  .option('--chromium <program>', 'Chromium or Chrome, if not the first one on the PATH')
  .option('--data-dir <dir>', "FashionMNIST's files; looked for as the demo does")
  .addOption(new Option('--only <part...>', 'these parts only').choices(partNames))
  .option('--threads <n,n>', 'numbers of threads to measure with', counts, availableParallelism() > 1 ? [1, 2] : [1])
  .option('--rounds <n>', 'how often everyone has a turn', count)
  .option('--quick', 'some five minutes, for a look', false)
  .option('--json <file>', 'write every round of everyone')
  .option('--write', 'put the tables into bench/README.md', false);

/** The README's tables are of one whole run on one machine, or they can't be compared. */
function checkWrite({ write, only, quick, torch }: Options): void {
  if (!write) return;
  if (quick || only) throw new Error('--write expected a whole run, got --quick or --only');
  if (!torch) throw new Error('--write expected a run against PyTorch, got no --torch');
}

try {
  // `pnpm bench -- ARGS` hands a literal `--` on: drop the first one.
  const args = process.argv.slice(2);
  if (args[0] === '--') args.shift();
  const options = program.parse(args, { from: 'user' }).opts<Options>();
  checkWrite(options);
  const results = await run(options.only ?? partNames, {
    ...options,
    progress: (sentence) => process.stderr.write(`${sentence}\n`),
  });
  const report = formatReport(results);
  process.stdout.write(report);
  if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
  if (results.failures.length > 0) throw new Error(results.failures.join('; '));
  if (options.write) {
    const readme = join(root, 'bench', 'README.md');
    writeFileSync(readme, replaceBetweenMarkers(readFileSync(readme, 'utf8'), report));
  }
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

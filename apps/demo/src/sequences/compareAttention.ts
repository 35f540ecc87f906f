import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accuracyByLengthPlot, type LengthAccuracy } from '@flambeau/attention';
import { fileLog, writeFileAtomic } from '@flambeau/core/node';
import { percent } from '../console/amounts.ts';
import { createOutput } from '../console/output.ts';
import { RunFolder } from '../runs/runFolder.ts';
import { RunFolderError } from '../runs/runFolderError.ts';
import { writePicture } from '../runs/writePicture.ts';
import { resumeRun } from '../training/resumeRun.ts';
import type { Train } from '../training/tasks.ts';
import type { TrainOptions } from '../training/trainOptions.ts';

/** What is compared: each in a run folder of its own, by this name, within the comparison's. */
const compared = ['bahdanau', 'none'] as const;

const names: Readonly<Record<(typeof compared)[number], string>> = {
  bahdanau: 'Bahdanau attention',
  none: 'no attention',
};

const fileName = 'comparison.json';

/** What a comparison's folder keeps to go on. */
interface Comparison {
  readonly task: string;
  readonly options: TrainOptions;
}

/** `--attention both`: trains with and without, one after the other, and draws accuracy against length for both. */
export async function compareAttention(train: Train, task: string, options: TrainOptions): Promise<void> {
  const folder = await RunFolder.reserve(task, options.out);
  const { out: _, json: _json, quiet: _quiet, ...kept } = options;
  await writeFileAtomic(join(folder, fileName), `${JSON.stringify({ task, options: kept }, null, 2)}\n`);
  await trainBoth(train, folder, { task, options }, {});
}

/** Whether `--resume` was given the folder of a comparison. */
export async function isComparison(folder: string): Promise<boolean> {
  return (await readComparison(folder)) !== undefined;
}

/** Goes on with a comparison: with the run that was interrupted, then with the one that was not begun. */
export async function resumeComparison(
  train: Train,
  task: string,
  folder: string,
  given: Partial<TrainOptions>,
): Promise<void> {
  const comparison = (await readComparison(folder))!;
  if (comparison.task !== task) throw new Error(`${folder} compares runs of ${comparison.task}, expected ${task}`);
  if (given.attention !== undefined && given.attention !== 'both') {
    throw new Error(`--attention ${given.attention} would make ${folder} another comparison: it has both`);
  }
  const { attention: _, ...others } = given;
  await trainBoth(train, folder, comparison, others);
}

async function trainBoth(
  train: Train,
  folder: string,
  { task, options }: Comparison,
  given: Partial<TrainOptions>,
): Promise<void> {
  const output = createOutput({ ...options, ...given });
  const series: { name: string; points: LengthAccuracy[]; accuracy: number }[] = [];
  for (const attention of compared) {
    const path = join(folder, attention);
    const context = { resumeAs: folder };
    if (await isRun(path)) await resumeRun(train, task, path, given, context);
    else await train(task, { ...options, ...given, attention, out: path }, context);
    const { testAccuracy, byLength } = await lastResult(path);
    series.push({ name: names[attention], points: byLength, accuracy: testAccuracy });
  }
  const plot = await writePicture(
    join(folder, 'accuracy-by-length'),
    accuracyByLengthPlot(series, {
      title: `${task}: accuracy by source length`,
      subtitle: `the same decoder with and without attention, seed ${options.seed}`,
    }),
  );
  output.event({
    event: 'comparison',
    task,
    series: series.map(({ name, points, accuracy }) => ({ name, testAccuracy: accuracy, byLength: points })),
    runDir: folder,
    plot,
  });
  for (const { name, accuracy } of series) output.result(`${name.padEnd(20)} ${percent(accuracy)} exactly right`);
  output.result(`compared  ${plot}`);
}

async function isRun(path: string): Promise<boolean> {
  return readFile(join(path, 'config.json')).then(
    () => true,
    () => false,
  );
}

/** What the last line of a finished run's events says. */
async function lastResult(path: string): Promise<{ testAccuracy: number; byLength: LengthAccuracy[] }> {
  const lines = (await fileLog(join(path, 'events.jsonl')).read()).split('\n');
  const done = lines.filter((line) => line.includes('"event":"done"')).at(-1);
  if (done === undefined) throw new RunFolderError(`${path} holds no finished run: its events.jsonl has no result`);
  return JSON.parse(done) as { testAccuracy: number; byLength: LengthAccuracy[] };
}

async function readComparison(folder: string): Promise<Comparison | undefined> {
  const text = await readFile(join(folder, fileName), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const { task, options } = JSON.parse(text) as Comparison;
    if (typeof task === 'string' && typeof options === 'object' && options !== null) return { task, options };
  } catch {
    // Said below, as for any other content.
  }
  throw new RunFolderError(`${join(folder, fileName)} is damaged: expected a task and its options`);
}

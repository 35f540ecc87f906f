import { createOutput } from '../console/output.ts';
import type { RunConfig } from '../runs/runConfig.ts';
import { RunFolder } from '../runs/runFolder.ts';
import type { Train, TrainContext } from './tasks.ts';
import type { TrainOptions } from './trainOptions.ts';

/**
 * `flambeau train TASK --resume DIR`: goes on in a run's folder as if it had never stopped, from the last state
 * that it has kept.
 *
 * @param given - the options that were typed, without defaults.
 */
export async function resumeRun(
  train: Train,
  task: string,
  folder: string,
  given: Partial<TrainOptions>,
  context: Omit<TrainContext, 'resume'> = {},
): Promise<void> {
  const run = await RunFolder.open(folder);
  const config = await run.readConfig();
  if (config.task !== task) throw new Error(`${folder} is a run of ${config.task}, expected ${task}`);
  const options = resumeOptions(config, given, folder);
  if ((await run.isFinished()) && options.epochs === config.epochs) {
    createOutput(options).warn(
      `${folder} is finished, ${config.patience === undefined ? `all ${config.epochs} epochs` : `${config.epochs} epochs or stopped by its patience`}: give a larger --epochs to go on`,
    );
    return;
  }
  await train(task, options, { ...context, resume: { run, config } });
}

/** The options whose values a run keeps for good, and what the config calls them. */
const fixed = {
  recipe: 'recipe',
  batchSize: 'batchSize',
  lr: 'learningRate',
  seed: 'seed',
  limit: 'limit',
  patience: 'patience',
  vectors: 'vectors',
  direction: 'direction',
  pairs: 'pairs',
  columns: 'columns',
  raw: 'raw',
  attention: 'attention',
} as const;

/**
 * The options with which a run goes on: those of its config. Of what is typed beside `--resume` only a larger `--epochs`,
 * another `--backend`, `--threads` or place of the data may differ.
 *
 * @param given - the options that were typed, without defaults.
 * @throws Error, one sentence, for an argument that would make it another run.
 */
export function resumeOptions(config: RunConfig, given: Partial<TrainOptions>, folder: string): TrainOptions {
  for (const [option, key] of Object.entries(fixed) as [keyof typeof fixed, (typeof fixed)[keyof typeof fixed]][]) {
    if (given[option] !== undefined && given[option] !== config[key]) {
      const flag = option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      throw new Error(
        `--${flag} ${given[option]} would make ${folder} another run: it was begun with ${config[key] ?? 'none'}`,
      );
    }
  }
  if (given.epochs !== undefined && given.epochs < config.epochs) {
    throw new Error(`--epochs ${given.epochs} is less than the ${config.epochs} that ${folder} was begun with`);
  }
  if (given.out !== undefined) throw new Error('--resume goes on in the run folder itself: leave --out away');
  return {
    recipe: config.recipe,
    epochs: given.epochs ?? config.epochs,
    batchSize: config.batchSize,
    lr: config.learningRate,
    seed: config.seed,
    limit: config.limit,
    patience: config.patience,
    vectors: config.vectors,
    direction: config.direction,
    pairs: config.pairs,
    columns: config.columns,
    raw: config.raw,
    attention: config.attention,
    backend: given.backend ?? config.backend,
    threads: given.threads ?? (given.backend === undefined ? config.threads : undefined),
    dataDir: given.dataDir ?? config.dataDir,
    offline: given.offline,
    json: given.json,
    quiet: given.quiet,
  };
}

/** Refuses to go on with other data than the run was begun with. */
export function checkSameData(config: RunConfig, checksums: Readonly<Record<string, string>>, folder: string): void {
  const changed = Object.keys({ ...config.dataChecksums, ...checksums }).filter(
    (file) => config.dataChecksums[file] !== checksums[file],
  );
  if (changed.length > 0) {
    throw new Error(`${folder} was begun with other data (${changed.join(', ')} differ): give it by --data-dir`);
  }
}

import type { RunConfig } from '../runs/runConfig.ts';
import type { TrainOptions } from './trainOptions.ts';

/** The options whose values a run keeps for good, and what the config calls them. */
const fixed = {
  recipe: 'recipe',
  batchSize: 'batchSize',
  lr: 'learningRate',
  seed: 'seed',
  limit: 'limit',
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

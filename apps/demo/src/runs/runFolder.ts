import { appendFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { nn } from '@flambeau/core';
import { saveSafetensors, writeFileAtomic } from '@flambeau/core/node';
import { writePicture } from './writePicture.ts';

/** One row of `results.csv`, in the order of its columns; what was not measured is an empty cell. */
const columns = {
  epoch: 'epoch',
  step: 'step',
  seconds: 'seconds',
  trainLoss: 'train/loss',
  trainAccuracy: 'train/accuracy',
  valLoss: 'val/loss',
  valAccuracy: 'val/accuracy',
  lr: 'lr',
} as const;

export type ResultRow = { readonly [Column in keyof typeof columns]?: number };

/**
 * Where a run keeps what it finds: `config.json`, `results.csv`, `events.jsonl`, `weights/` and pictures. Rows and events
 * are appended as they come; everything else is written whole or not at all.
 */
export class RunFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes `out`, or `runs/TASK/N` with the first N that is free.
   *
   * @throws Error if `out` holds anything: it may be another run.
   */
  static async create(task: string, out?: string): Promise<RunFolder> {
    const run = new RunFolder(out === undefined ? await nextFree(join('runs', task)) : await emptyFolder(out));
    await mkdir(join(run.path, 'weights'), { recursive: true });
    await writeFileAtomic(join(run.path, 'results.csv'), `${Object.values(columns).join(',')}\n`);
    return run;
  }

  /** Refuses a folder that can't become a run's, before anything costly is done. */
  static async check(out: string | undefined): Promise<void> {
    if (out !== undefined) await refuseUnlessEmpty(out);
  }

  async writeConfig(config: object): Promise<void> {
    await writeFileAtomic(join(this.path, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  }

  async appendResult(row: ResultRow): Promise<void> {
    const cells = (Object.keys(columns) as (keyof ResultRow)[]).map((column) => row[column] ?? '');
    await appendFile(join(this.path, 'results.csv'), `${cells.join(',')}\n`);
  }

  async appendEvent(event: object): Promise<void> {
    await appendFile(join(this.path, 'events.jsonl'), `${JSON.stringify(event)}\n`);
  }

  weights(name: 'last' | 'best'): string {
    return join(this.path, 'weights', `${name}.safetensors`);
  }

  /** Writes a state dict as PyTorch reads it; `metadata` say which model it is of. */
  async saveWeights(
    name: 'last' | 'best',
    state: nn.StateDict,
    metadata: Readonly<Record<string, string>>,
  ): Promise<string> {
    const path = this.weights(name);
    await saveSafetensors(path, Object.entries(state), { format: 'pt', ...metadata });
    return path;
  }

  /** Writes `NAME.svg` and `NAME.png`, and gives the latter's path. */
  writePicture(name: string, svg: string): Promise<string> {
    return writePicture(join(this.path, name), svg);
  }
}

/** Makes the first of `PARENT/1`, `PARENT/2`, … that is not there, also while other runs do the same. */
async function nextFree(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  const numbers = (await readdir(parent)).filter((name) => /^\d+$/.test(name)).map(Number);
  for (let number = Math.max(0, ...numbers) + 1; ; number++) {
    const path = join(parent, String(number));
    try {
      await mkdir(path);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

async function emptyFolder(path: string): Promise<string> {
  await refuseUnlessEmpty(path);
  await mkdir(path, { recursive: true });
  return path;
}

async function refuseUnlessEmpty(path: string): Promise<void> {
  const entries = await readdir(path).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') throw new Error(`--out ${path} is a file, expected a new or empty folder`);
    throw new Error(`--out ${path} can't be used: ${error.message}`, { cause: error });
  });
  if (entries.length === 0) return;
  const what = entries.includes('config.json') ? 'holds a run already' : 'is not empty';
  throw new Error(`--out ${path} ${what}: expected a new or empty folder`);
}

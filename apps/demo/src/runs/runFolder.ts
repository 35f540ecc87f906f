import { appendFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { nn, TrainerState } from '@flambeau/core';
import { loadSafetensors, saveSafetensors, sweepTemporaries, writeFileAtomic } from '@flambeau/core/node';
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

  /**
   * Opens a run that was begun before, to go on with it, and sweeps what an interrupted write has left.
   *
   * @throws Error if the folder holds no run.
   */
  static async open(path: string): Promise<RunFolder> {
    const run = new RunFolder(path);
    await run.readConfig();
    for (const folder of [path, join(path, 'weights')]) await sweepTemporaries(folder);
    return run;
  }

  /** What {@link writeConfig} wrote. */
  async readConfig(): Promise<Record<string, unknown>> {
    const file = join(this.path, 'config.json');
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new Error(
        `${this.path} holds no run: ${error.code === 'ENOENT' ? 'there is no config.json' : error.message}`,
      );
    });
    try {
      return JSON.parse(text) as Record<string, unknown>;
    } catch (cause) {
      throw new Error(`${file} is damaged: it is no JSON`, { cause });
    }
  }

  /** Keeps what a run needs to go on; the previous state stays until this one is whole. */
  async saveResume({ tensors, metadata }: TrainerState): Promise<void> {
    await saveSafetensors(this.resumeFile, Object.entries(tensors), metadata);
  }

  /** What {@link saveResume} kept last; none before the first epoch has ended. */
  async loadResume(): Promise<TrainerState | undefined> {
    try {
      const { tensors, metadata } = await loadSafetensors(this.resumeFile);
      return { tensors: Object.fromEntries(tensors), metadata: Object.fromEntries(metadata) };
    } catch (error) {
      if ((error as { cause?: NodeJS.ErrnoException }).cause?.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  private get resumeFile(): string {
    return join(this.path, 'resume.safetensors');
  }

  /** Takes back rows and events of epochs from `epoch` on: what was written after the state that a run goes on from. */
  async rewind(epoch: number): Promise<void> {
    const csv = (await readFile(join(this.path, 'results.csv'), 'utf8')).split('\n');
    const rows = csv.filter((row, i) => row !== '' && (i === 0 || Number(row.split(',')[0]) < epoch));
    await writeFileAtomic(join(this.path, 'results.csv'), `${rows.join('\n')}\n`);
    const events = await readFile(join(this.path, 'events.jsonl'), 'utf8').catch(() => '');
    const lines = events.split('\n').filter((line) => line !== '');
    const kept = lines.filter((line) => {
      const event = parseEvent(line);
      return event !== undefined && event.event !== 'done' && !((event.epoch ?? -1) >= epoch);
    });
    await writeFileAtomic(join(this.path, 'events.jsonl'), kept.map((line) => `${line}\n`).join(''));
  }

  /** Whether the run has come to its end and nothing was left to do. */
  async isFinished(): Promise<boolean> {
    const text = await readFile(join(this.path, 'events.jsonl'), 'utf8').catch(() => '');
    return text.split('\n').some((line) => parseEvent(line)?.event === 'done');
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

/** A line of `events.jsonl`; a last one that was cut off is no event. */
function parseEvent(line: string): { event?: string; epoch?: number } | undefined {
  try {
    return JSON.parse(line) as { event?: string; epoch?: number };
  } catch {
    return undefined;
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

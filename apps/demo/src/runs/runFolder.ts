import { access, constants, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type callbacks, type nn, SafetensorsError, type TrainerState, TrainerStateError } from '@flambeau/core';
import { fileLog, loadSafetensors, saveSafetensors, sweepTemporaries, writeFileAtomic } from '@flambeau/core/node';
import { parseRunConfig, type RunConfig } from './runConfig.ts';
import { RunFolderError } from './runFolderError.ts';
import { writePicture } from './writePicture.ts';

/**
 * Where a run keeps what it finds: `config.json`, `results.csv`, `events.jsonl`, `weights/` and pictures. Rows and events
 * are appended as they come; everything else is written whole or not at all.
 */
export class RunFolder {
  readonly path: string;
  /** `results.csv`, one row an epoch. */
  readonly results: callbacks.TextLog;
  /** `events.jsonl`, one event a line. */
  readonly events: callbacks.TextLog;

  private constructor(path: string) {
    this.path = path;
    this.results = fileLog(join(path, 'results.csv'));
    this.events = fileLog(join(path, 'events.jsonl'));
  }

  /**
   * Makes `out`, or `runs/TASK/N` with the first N that is free.
   *
   * @throws RunFolderError if `out` holds anything, since it may be another run, or can't be made.
   */
  static async create(task: string, out?: string): Promise<RunFolder> {
    const run = new RunFolder(await RunFolder.reserve(task, out));
    await makeFolder(join(run.path, 'weights'));
    return run;
  }

  /** The folder alone, with nothing in it: for what consists of several runs. */
  static async reserve(task: string, out?: string): Promise<string> {
    return out === undefined ? nextFree(join('runs', task)) : emptyFolder(out);
  }

  /**
   * Opens a run that was begun before, to go on with it, and sweeps what an interrupted write has left.
   *
   * @throws RunFolderError if the folder holds no run.
   */
  static async open(path: string): Promise<RunFolder> {
    const run = new RunFolder(path);
    await run.readConfig();
    for (const folder of [path, join(path, 'weights')]) await sweepTemporaries(folder);
    return run;
  }

  /**
   * What {@link writeConfig} wrote.
   *
   * @throws RunFolderError if there is none or it is damaged.
   */
  async readConfig(): Promise<RunConfig> {
    const file = join(this.path, 'config.json');
    const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'ENOENT' || cause.code === 'ENOTDIR' ? 'there is no config.json' : cause.message;
      throw new RunFolderError(`${this.path} holds no run: ${why}`, { cause });
    });
    return parseRunConfig(file, text);
  }

  /** Keeps what a run needs to go on; the previous state stays until this one is whole. */
  async saveResume({ tensors, metadata }: TrainerState): Promise<void> {
    await saveSafetensors(this.resumeFile, Object.entries(tensors), metadata);
  }

  /**
   * What {@link saveResume} kept last; none before the first epoch has ended.
   *
   * @throws RunFolderError if it is damaged.
   */
  async loadResume(): Promise<TrainerState | undefined> {
    try {
      const { tensors, metadata } = await loadSafetensors(this.resumeFile);
      return { tensors: Object.fromEntries(tensors), metadata: Object.fromEntries(metadata) };
    } catch (error) {
      if ((error as { cause?: NodeJS.ErrnoException }).cause?.code === 'ENOENT') return undefined;
      if (error instanceof SafetensorsError) throw new RunFolderError(error.message, { cause: error });
      throw error;
    }
  }

  /**
   * Has a state taken over, and says in whose file it stood where that is refused.
   *
   * @throws RunFolderError if it is damaged or of another run.
   */
  restore(take: () => void): void {
    try {
      take();
    } catch (error) {
      if (!(error instanceof TrainerStateError)) throw error;
      throw new RunFolderError(`${this.resumeFile} is damaged or of another run: ${error.message}`, { cause: error });
    }
  }

  private get resumeFile(): string {
    return join(this.path, 'resume.safetensors');
  }

  /** Whether the run has come to its end and has not been begun again since. */
  async isFinished(): Promise<boolean> {
    const text = await this.events.read();
    const last = (event: string) => text.lastIndexOf(`"event":"${event}"`);
    return last('done') > last('start');
  }

  /** Refuses a folder that can't become a run's, before anything costly is done. */
  static async check(out: string | undefined): Promise<void> {
    if (out !== undefined) await refuseUnlessEmpty(out);
  }

  async writeConfig(config: object): Promise<void> {
    await writeFileAtomic(join(this.path, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
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

/** Makes a folder and those above it. */
async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch(async (cause: Error) => {
    throw new RunFolderError(`the run folder ${path} can't be made: ${await whyNotMade(path, cause)}`, { cause });
  });
}

/** On a read-only disk Node says that a folder is missing; the nearest one that is there tells more. */
async function whyNotMade(path: string, cause: Error): Promise<string> {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    try {
      await access(folder, constants.W_OK);
      return cause.message;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') return `${folder} can't be written to (${code})`;
    }
  }
}

/** Makes the first of `PARENT/1`, `PARENT/2`, … that is not there, also while other runs do the same. */
async function nextFree(parent: string): Promise<string> {
  await makeFolder(parent);
  const numbers = (await readdir(parent)).filter((name) => /^\d+$/.test(name)).map(Number);
  for (let number = Math.max(0, ...numbers) + 1; ; number++) {
    const path = join(parent, String(number));
    try {
      await mkdir(path);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      const why = await whyNotMade(path, error as Error);
      throw new RunFolderError(`the run folder ${path} can't be made: ${why}`, { cause: error });
    }
  }
}

async function emptyFolder(path: string): Promise<string> {
  await refuseUnlessEmpty(path);
  await makeFolder(path);
  return path;
}

async function refuseUnlessEmpty(path: string): Promise<void> {
  const entries = await readdir(path).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR')
      throw new RunFolderError(`--out ${path} is a file or lies in one, expected a new or empty folder`);
    throw new RunFolderError(`--out ${path} can't be used: ${error.message}`, { cause: error });
  });
  if (entries.length === 0) return;
  const what = entries.includes('config.json') ? 'holds a run already' : 'is not empty';
  throw new RunFolderError(`--out ${path} ${what}: expected a new or empty folder`);
}

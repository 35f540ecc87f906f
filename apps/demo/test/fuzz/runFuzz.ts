import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { FileReport } from './fuzzFile.ts';

export interface FuzzOptions {
  /** One of the targets. */
  readonly target: string;
  /** The first file's seed; each further file has the next one. */
  readonly seed: number;
  readonly count: number;
  /** How long a file may take, in milliseconds. */
  readonly limitMs?: number;
  /** A module with other targets. */
  readonly module?: string;
  readonly onProgress?: (done: number) => void;
}

export interface Fault {
  readonly seed: number;
  readonly message: string;
}

export interface FuzzReport {
  readonly target: string;
  readonly files: number;
  readonly accepted: number;
  readonly faults: readonly Fault[];
  readonly slowestMs: number;
  readonly largestBytes: number;
  /** Peak memory beyond the floor, in times the file. */
  readonly memoryRatio: number;
}

/** Compiling TypeScript and reading the sound files. */
const START_MS = 60_000;

/** How long a file may take. */
const LIMIT_MS = 2000;
/** How many times as long a file may take that is read again, alone. */
const PATIENCE = 3;

const HANGS = 'takes too long';

type Message = { readonly ready: true } | { readonly begin: number } | FileReport;

/** One process for as many files as it survives; `onMessage` hears of each. Resolves with what ended it, if not its end. */
function runChild(
  { target, module = '', limitMs = LIMIT_MS }: FuzzOptions,
  seed: number,
  count: number,
  onMessage: (message: Message) => void,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [
        '--expose-gc',
        // A young generation in which a file's garbage finds room, so that none is collected while it is read.
        '--min-semi-space-size=32',
        '--max-semi-space-size=32',
        '--conditions=@flambeau/source',
        '--import',
        import.meta.resolve('tsx'),
        fileURLToPath(new URL('./child.ts', import.meta.url)),
        module,
        target,
        String(seed),
        String(count),
      ],
      { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] },
    );
    let timedOut = false;
    const hang = () => {
      timedOut = true;
      child.kill('SIGKILL');
    };
    let timer = setTimeout(hang, START_MS);
    let errors = '';
    child.stderr?.on('data', (chunk) => {
      errors = (errors + String(chunk)).slice(-4000);
    });
    createInterface({ input: child.stdio[3] as Readable }).on('line', (line) => {
      clearTimeout(timer);
      timer = setTimeout(hang, limitMs);
      onMessage(JSON.parse(line) as Message);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (timedOut) resolve(HANGS);
      else resolve(code === 0 ? undefined : `ends the process (${signal ?? code}): ${errors.trim()}`);
    });
  });
}

/**
 * Has a parser read `count` mutated files in a process of its own. A file that hangs or kills it is a fault like any
 * other: the next process goes on behind it.
 */
export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { target, seed, count, onProgress } = options;
  const faults: Fault[] = [];
  let [files, accepted, slowestMs, largestBytes, memoryRatio] = [0, 0, 0, 0, 0];
  while (files < count) {
    let reading: number | undefined;
    let isReady = false;
    const onMessage = (message: Message): void => {
      if ('ready' in message) isReady = true;
      else if ('begin' in message) reading = message.begin;
      else {
        reading = undefined;
        files++;
        if (message.accepted) accepted++;
        slowestMs = Math.max(slowestMs, message.milliseconds);
        largestBytes = Math.max(largestBytes, message.bytes);
        memoryRatio = Math.max(memoryRatio, message.memoryRatio);
        if (message.fault !== undefined) faults.push({ seed: message.seed, message: message.fault });
        onProgress?.(files);
      }
    };
    let ended = await runChild(options, seed + files, count - files, onMessage);
    // A machine that is busy with other things may stall for a while: only what hangs again, alone, is the file's fault.
    if (ended === HANGS && reading !== undefined) {
      const patient = { ...options, limitMs: PATIENCE * (options.limitMs ?? LIMIT_MS) };
      ended = await runChild(patient, reading, 1, onMessage);
      if (ended === undefined) continue;
    }
    if (ended === undefined) break;
    // Before the first file or between two it is no file's fault.
    if (!isReady || reading === undefined) throw new Error(`fuzzing ${target} failed: the process ${ended}`);
    faults.push({
      seed: reading,
      message: ended === HANGS ? `takes longer than ${options.limitMs ?? LIMIT_MS} ms` : ended,
    });
    files = reading - seed + 1;
  }
  return { target, files, accepted, faults, slowestMs, largestBytes, memoryRatio };
}

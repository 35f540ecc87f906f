import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Whom root becomes; root's own cache is not his to look at. */
const nobody = { uid: 65_534, gid: 65_534, env: { ...process.env, XDG_CACHE_HOME: join(tmpdir(), 'no cache') } };

/** What a run of the command line left behind. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The JSON objects on standard output, one a line; throws where a line is none. */
  events(): Record<string, unknown>[];
}

/** How a run differs from a plain one. */
export interface CliOptions {
  readonly cwd?: string;
  /** What it reads from standard input. Default: nothing. */
  readonly input?: string;
  /** The largest file that it may write, in blocks of 512 or 1,024 bytes: what a full disk does, too. */
  readonly fileLimit?: number;
  /** Whether it is run by a user who may write nowhere but in temporary folders of his own: root may write everywhere. */
  readonly asNobody?: boolean;
  /** Variables of its environment beside the test's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Is told all of standard output so far, whenever there is more; may end the process. */
  readonly onOutput?: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs the command line as a child process whose output goes through pipes. */
export function runCli(
  args: readonly string[],
  { cwd, fileLimit, asNobody = false, env, input, onOutput }: CliOptions = {},
): Promise<CliResult> {
  return new Promise((done, fail) => {
    const node = [
      process.execPath,
      '--conditions=@flambeau/source',
      '--import',
      import.meta.resolve('tsx'),
      main,
      ...args,
    ];
    const limited = ['sh', '-c', `ulimit -f ${fileLimit}; exec "$@"`, 'sh', ...node];
    const [command, ...rest] = fileLimit === undefined ? node : limited;
    const child = spawn(command!, rest, {
      cwd,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...(env && { env: { ...process.env, ...env } }),
      ...(asNobody && process.getuid?.() === 0 && nobody),
    });
    let stdout = '';
    let stderr = '';
    child.stdin?.on('error', () => {}).end(input);
    child.stdout!.on('data', (chunk) => {
      stdout += chunk;
      onOutput?.(stdout, (signal) => child.kill(signal));
    });
    child.stderr!.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', fail);
    child.on('close', (code) => {
      const lines = () => stdout.split('\n').filter((line) => line !== '');
      done({ code, stdout, stderr, events: () => lines().map((line) => JSON.parse(line) as Record<string, unknown>) });
    });
  });
}

/** A temporary folder for the tests of a file. */
export function scratchFolder(): { path(...parts: string[]): string } {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flambeau-demo-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return { path: (...parts) => resolve(folder, ...parts) };
}

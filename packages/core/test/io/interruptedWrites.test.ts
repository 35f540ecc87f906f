import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sweepTemporaries } from '../../src/io/atomicFile.ts';
import { loadSafetensors, saveSafetensors } from '../../src/io/files.ts';
import { hostArray } from '../../src/tensor/hostArray.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flambeau-writes-'));
  path = join(folder, 'last.safetensors');
});
afterEach(async () => {
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true });
});

const writer = fileURLToPath(new URL('../support/writeForever.ts', import.meta.url));

/** Starts the writing process, if asked for with a limit, in blocks of 512 or 1,024 bytes, on the files that it may write. */
function startWriter(megabytes: number, times: number, options: { fileLimit?: number; asNobody?: boolean } = {}) {
  const node = [process.execPath, '--import', import.meta.resolve('tsx'), writer, path, `${megabytes}`, `${times}`];
  const limited = ['sh', '-c', `ulimit -f ${options.fileLimit}; exec "$@"`, 'sh', ...node];
  const [command, ...args] = options.fileLimit === undefined ? node : limited;
  return spawn(command!, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(options.asNobody && { AS_NOBODY: '1' }) },
  });
}

async function outcome(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  child.stdout!.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr!.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** The value that the whole checkpoint is filled with; throws if it is none, or of two. */
async function valueIn(checkpoint: string): Promise<number> {
  const values = (await loadSafetensors(checkpoint)).tensors.get('weight')!.data as Float32Array;
  expect(values.every((value) => value === values[0])).toBe(true);
  return values[0]!;
}

const temporaries = async () => (await readdir(folder)).filter((name) => name.endsWith('.tmp'));

/** Waits until the second checkpoint is being written: some of it is there, not all. */
async function untilHalfWritten(child: ChildProcess, bytes: number): Promise<void> {
  let done = 0;
  child.stdout!.on('data', (chunk) => {
    done += String(chunk).split('\n').length - 1;
  });
  for (;;) {
    if (child.exitCode !== null) throw new Error('the writer ended before it was caught in mid-write');
    for (const name of done >= 1 ? await temporaries() : []) {
      const { size } = await stat(join(folder, name)).catch(() => ({ size: 0 }));
      if (size > 0 && size < bytes) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

describe('a process that is killed while it writes a checkpoint', () => {
  it('leaves the previous one whole, and a temporary file that the next start sweeps away', async () => {
    const megabytes = 48;
    const child = startWriter(megabytes, 1000);
    const closed = once(child, 'close');
    await untilHalfWritten(child, megabytes * 2 ** 20);
    child.kill('SIGKILL');
    await closed;
    expect(await valueIn(path)).toBeGreaterThanOrEqual(1);
    const left = await temporaries();
    expect(left).toHaveLength(1);

    // A minute later, when it can no longer be another machine's that writes to the same disk.
    const aMinuteAgo = Date.now() / 1000 - 61;
    await utimes(join(folder, left[0]!), aMinuteAgo, aMinuteAgo);
    await sweepTemporaries(folder);
    expect(await readdir(folder)).toEqual(['last.safetensors']);
    await saveSafetensors(path, [['weight', hostArray('float32', [2], Float32Array.of(9, 9))]]);
    expect(await valueIn(path)).toBe(9);
  });
});

describe('a checkpoint for which there is no room', () => {
  it('is one error that says so, and the previous one stays as it was', async () => {
    await outcome(startWriter(1, 3));
    expect(await valueIn(path)).toBe(3);
    // Files of at most 1 MiB: a checkpoint of 1 MiB and its header has no room.
    const { code, stdout, stderr } = await outcome(startWriter(1, 1, { fileLimit: 1024 }));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(`${path} could not be written and is as it was: the disk is full (EFBIG)\n`);
    expect(await valueIn(path)).toBe(3);
    expect(await readdir(folder)).toEqual(['last.safetensors']);
  });
});

describe('a folder that is read-only', () => {
  it('is one error that says so, and the checkpoint in it stays as it was', async () => {
    await outcome(startWriter(1, 2));
    await chmod(folder, 0o555);
    const { code, stdout, stderr } = await outcome(startWriter(1, 1, { asNobody: true }));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(`${path} could not be written and is as it was: its folder can't be written to (EACCES)\n`);
    expect(await valueIn(path)).toBe(2);
    expect(await readdir(folder)).toEqual(['last.safetensors']);
  });
});

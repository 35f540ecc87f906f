import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { whyNotWritten } from './writeError.ts';

/** Temporaries of this process, by path: the ones that are being written now. */
const inUse = new Set<string>();

/** A temporary is named `FILE.PID.UUID.tmp`. */
const TEMPORARY = /\.(\d+)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/** Where processes can't be told apart (another host, another container), a temporary this old is nobody's. */
const ORPHANED_AFTER_MS = 60_000;

/**
 * Writes a file whole or not at all: under a name of its own, flushed to the disk, then renamed over `path`. Until then
 * the previous file stays as it was, whatever happens: a full disk, a crash, a kill.
 *
 * Temporaries that a killed process left beside `path` are swept away.
 *
 * @param path the file; its folder must exist. A symbolic link is followed, and an existing file's mode is kept.
 * @param bytes what it shall hold.
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array | string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const folder = dirname(target);
  await sweepTemporaries(folder, basename(target));
  const temporary = join(folder, `${basename(target)}.${process.pid}.${randomUUID()}.tmp`);
  const mode = await stat(target).then(
    (stats) => stats.mode & 0o7777,
    () => undefined,
  );
  inUse.add(temporary);
  try {
    await withFile(temporary, 'wx', async (file) => {
      // Goes on after short writes, so that a full disk is an error and not a short file.
      await file.writeFile(bytes);
      if (mode !== undefined) await file.chmod(mode);
      await file.sync();
    });
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new Error(`${path} could not be written and is as it was: ${whyNotWritten(cause)}`, { cause });
  } finally {
    inUse.delete(temporary);
  }
  await syncFolder(folder);
}

/**
 * Removes the temporaries in a folder that {@link writeFileAtomic} left behind when its process was killed: those whose
 * process is gone and that nobody has touched for a minute.
 *
 * @param folder where to look; one that does not exist holds none.
 * @param file only the temporaries of this file name. Default: all.
 */
export async function sweepTemporaries(folder: string, file?: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const match = TEMPORARY.exec(name);
    if (match === null || (file !== undefined && name.slice(0, match.index) !== file)) continue;
    const temporary = join(folder, name);
    if (await isOrphaned(temporary, Number(match[1]))) await rm(temporary, { force: true });
  }
}

async function isOrphaned(temporary: string, pid: number): Promise<boolean> {
  const running = pid === process.pid ? inUse.has(temporary) : isRunning(pid);
  if (running) return false;
  return stat(temporary).then(
    ({ mtimeMs }) => Date.now() - mtimeMs > ORPHANED_AFTER_MS,
    () => false,
  );
}

function isRunning(pid: number): boolean {
  try {
    // Signal 0 asks whether the process could be signalled, and sends nothing.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Makes the renaming itself last. Windows can't open a folder; there the file system sees to it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  await withFile(folder, 'r', (handle) => handle.sync());
}

async function withFile<T>(path: string, flags: string, use: (file: FileHandle) => Promise<T>) {
  const file = await open(path, flags);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

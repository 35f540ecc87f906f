import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import { DataError } from '../dataError.ts';
import { writeError } from './writeError.ts';

/** A lock whose holder has not renewed it for this long is nobody's: its process was killed. */
export const defaultLockStaleMs = 15_000;

const retryMs = 200;

/**
 * Runs `work` while holding the lock of a cache folder, so that of several processes one downloads and the others wait.
 * The folder must exist.
 *
 * @param onWait called when another process holds it, at each try
 * @param work is given a signal that aborts if the lock was lost (the machine slept, or somebody removed it)
 */
export async function withFolderLock<T>(
  folder: string,
  options: { readonly staleMs: number; readonly signal: AbortSignal | undefined; readonly onWait: () => void },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const release = await acquire(folder, options, () => {
    lost.abort(new DataError('lock-lost', `the lock of ${folder} was lost to another process`, { path: folder }));
  });
  try {
    return await work(options.signal ? AbortSignal.any([options.signal, lost.signal]) : lost.signal);
  } finally {
    if (!lost.signal.aborted) await release();
  }
}

async function acquire(
  folder: string,
  { staleMs, signal, onWait }: Parameters<typeof withFolderLock>[1],
  onCompromised: () => void,
): Promise<() => Promise<void>> {
  while (true) {
    signal?.throwIfAborted();
    try {
      return await lockfile.lock(folder, {
        lockfilePath: join(folder, '.lock'),
        stale: staleMs,
        realpath: false,
        onCompromised,
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw writeError(folder, error);
    }
    onWait();
    await sleep(retryMs, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
  }
}

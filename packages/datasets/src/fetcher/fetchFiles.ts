import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyDataFile } from '../contents/verifyDataFile.ts';
import { DataError } from '../dataError.ts';
import type { DataFile, DatasetDeclaration } from '../declarations/declaration.ts';
import { type FoundFiles, findFile, findFiles, storedForm } from '../search/findFiles.ts';
import { type FetchContext, fetchFile, urlOf } from './fetchFile.ts';
import { defaultLockStaleMs, withFolderLock } from './folderLock.ts';
import { defaultTimeouts, type HttpTimeouts, openHttp } from './http.ts';
import { sweepPartials } from './partialFile.ts';
import type { OnProgress } from './progress.ts';
import { writeError } from './writeError.ts';

export interface FetchOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** When a mirror counts as dead. Default: 10 s for the connection, 30 s without an answer or without bytes. */
  readonly timeouts?: Partial<HttpTimeouts> | undefined;
  /** How often a connection that breaks is taken up again before the next mirror has its turn. Default: 3. */
  readonly retries?: number | undefined;
  /** Pause before the first of them, doubled for each further one, in milliseconds. Default: 500. */
  readonly retryDelayMs?: number | undefined;
  /** After how long without a sign of life another process's lock is nobody's, in milliseconds. Default: 15,000. */
  readonly lockStaleMs?: number | undefined;
}

/**
 * Makes a folder hold a data set: downloads what is missing or damaged, keeps what is whole.
 *
 * Each file is written under a name that nothing takes for the whole, verified, flushed and renamed; so whatever
 * interrupts it, the folder holds whole files or none. One process at a time fills a folder; the others wait for it.
 *
 * @returns the files, and whether any was downloaded
 * @throws {DataError} `unreachable` if no mirror gives a file, `cache-not-writable`, `disk-full`, `lock-lost`
 */
export async function fetchFiles(
  declaration: DatasetDeclaration,
  folder: string,
  options: FetchOptions = {},
): Promise<{ readonly found: FoundFiles; readonly downloaded: boolean }> {
  const { signal, onProgress, timeouts, retries = 3, retryDelayMs = 500, lockStaleMs = defaultLockStaleMs } = options;
  signal?.throwIfAborted();
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw writeError(folder, error);
  });
  const onWait = () => onProgress?.({ phase: 'wait', dataset: declaration.name });
  return withFolderLock(folder, { staleMs: lockStaleMs, signal, onWait }, async (signal) => {
    const http = openHttp({ ...defaultTimeouts, ...timeouts });
    const urls = new Set(declaration.mirrors.flatMap((mirror) => declaration.files.map((file) => urlOf(mirror, file))));
    const failures = new Map<string, string>();
    const context: FetchContext = { http, folder, signal, onProgress, retries, retryDelayMs, urls, failures };
    try {
      let downloaded = false;
      for (const file of declaration.files) {
        if (await isWhole(folder, file, signal)) continue;
        await fetchFile(declaration, file, context);
        await removeOtherForm(folder, file);
        downloaded = true;
      }
      await sweepPartials(folder, new Set());
      return { found: await findFiles(folder, declaration), downloaded };
    } finally {
      await http.close();
    }
  });
}

async function isWhole(folder: string, file: DataFile, signal: AbortSignal): Promise<boolean> {
  const found = await findFile(folder, file);
  // A folder in the file's place was put there by hand, and was not of use.
  if (found === undefined || found.compression === 'folder') return false;
  try {
    await verifyDataFile(found, signal);
    return true;
  } catch (error) {
    if (error instanceof DataError && error.isDamage) return false;
    throw error;
  }
}

/** A damaged unpacked file would otherwise be found before the whole archive that has just replaced it. */
async function removeOtherForm(folder: string, file: DataFile): Promise<void> {
  const found = await findFile(folder, file);
  if (found !== undefined && found.path !== join(folder, storedForm(file).name)) await rm(found.path);
}

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { maxStoredBytes } from '../contents/readDataFile.ts';
import { verifyDataFile } from '../contents/verifyDataFile.ts';
import { DataError } from '../dataError.ts';
import type { DataFile, DatasetDeclaration } from '../declarations/declaration.ts';
import { storedForm } from '../search/findFiles.ts';
import { type DownloadRequest, downloadOnce } from './downloadOnce.ts';
import { downloadZipMember } from './downloadZipMember.ts';
import { howToGetIt } from './howToGetIt.ts';
import type { HttpClient } from './http.ts';
import { MirrorError } from './mirrorError.ts';
import { discardPartial, finishPartial, newPartial, type PartialFile, sweepPartials } from './partialFile.ts';
import type { OnProgress } from './progress.ts';
import { writeError } from './writeError.ts';

export interface FetchContext {
  readonly http: HttpClient;
  /** The folder to fill, whose lock is held. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress | undefined;
  /** How often a connection that breaks is taken up again. */
  readonly retries: number;
  readonly retryDelayMs: number;
  /** All URLs of this run: what has arrived of them is kept for going on. */
  readonly urls: ReadonlySet<string>;
  /** Mirrors that have failed in this run, by URL: they are asked last. */
  readonly failures: Map<string, string>;
}

/** Where a mirror serves a file; a fragment names the member of a zip. */
export function urlOf(mirror: string, file: DataFile): string {
  const { name, travelsAlone, member = file.name } = file.archive;
  return `${mirror}${name}${travelsAlone ? `#${encodeURIComponent(member)}` : ''}`;
}

/**
 * Downloads one file from the first mirror that gives it whole, and puts it in its place once it is verified.
 *
 * @throws {DataError} `unreachable` if no mirror gives it, `disk-full`, `cache-not-writable`
 */
export async function fetchFile(declaration: DatasetDeclaration, file: DataFile, context: FetchContext): Promise<void> {
  const { failures } = context;
  const inOrder = [...declaration.mirrors].sort((a, b) => Number(failures.has(a)) - Number(failures.has(b)));
  for (const mirror of inOrder) {
    try {
      await fetchFromMirror(declaration, file, urlOf(mirror, file), context);
      return;
    } catch (error) {
      if (!(error instanceof MirrorError)) throw error;
      failures.set(mirror, error.message);
    }
  }
  throw unreachable(declaration, context);
}

async function fetchFromMirror(
  declaration: DatasetDeclaration,
  file: DataFile,
  url: string,
  context: FetchContext,
): Promise<void> {
  const { folder, signal, urls, retries, retryDelayMs } = context;
  for (let attempt = 0; ; attempt++) {
    const partial = (await sweepPartials(folder, urls)).get(url) ?? newPartial(folder, storedForm(file).name);
    try {
      await download(declaration, file, url, partial, context);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof DataError && error.code === 'disk-full') await discardPartial(partial.path);
      if (!(error instanceof MirrorError)) throw error;
      // What can't be resumed goes, so that the next attempt begins anew.
      if (!error.keepsPartial) await discardPartial(partial.path);
      if (!error.mayPass || attempt >= retries) throw error;
    }
    await sleep(retryDelayMs * 2 ** attempt, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

async function download(
  declaration: DatasetDeclaration,
  file: DataFile,
  url: string,
  partial: PartialFile,
  { http, folder, signal, onProgress }: FetchContext,
): Promise<void> {
  const { archive } = file;
  const stored = storedForm(file);
  const about = { dataset: declaration.name, file: archive.name, url };
  const request: DownloadRequest = {
    http,
    url,
    signal,
    maxBytes: maxStoredBytes(file, stored.compression),
    expectedBytes: archive.bytes,
    report: (receivedBytes, totalBytes, bytesPerSecond) =>
      onProgress?.({
        phase: 'download',
        ...about,
        receivedBytes,
        ...(totalBytes !== undefined && { totalBytes }),
        bytesPerSecond,
      }),
  };
  if (archive.travelsAlone) await downloadZipMember(request, file, partial);
  else await downloadOnce(request, partial);
  onProgress?.({ phase: 'verify', ...about });
  try {
    await verifyDataFile({ file, path: partial.path, compression: stored.compression }, signal);
  } catch (error) {
    if (!(error instanceof DataError && error.isDamage)) throw error;
    // What was put together from two connections gets one more chance in one piece.
    throw new MirrorError(`sent another file (${error.code})`, {
      mayPass: partial.bytes > 0,
      keepsPartial: false,
      cause: error,
    });
  }
  const finalPath = join(folder, stored.name);
  await finishPartial(partial.path, finalPath).catch((error: unknown) => {
    throw writeError(finalPath, error);
  });
}

/** One sentence on what failed and what can be done instead. */
function unreachable(declaration: DatasetDeclaration, { failures, folder }: FetchContext): DataError {
  const reasons = [...failures].map(([mirror, reason]) => `${new URL(mirror).host}: ${reason}`);
  const why = reasons.length > 0 ? reasons.join('; ') : 'it has no mirrors';
  return new DataError('unreachable', `${declaration.title} could not be downloaded (${why})`, {
    path: folder,
    remedy: howToGetIt(declaration, folder),
  });
}

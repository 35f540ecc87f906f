import { type FileHandle, open } from 'node:fs/promises';
import { explainNetworkError, type HttpClient, type HttpResponse } from './http.ts';
import { MirrorError } from './mirrorError.ts';
import { discardPartial, noteOrigin, type PartialFile } from './partialFile.ts';
import { meter } from './progress.ts';
import { readHeaders } from './responseHeaders.ts';
import { writeError } from './writeError.ts';

export interface DownloadRequest {
  readonly http: HttpClient;
  readonly url: string;
  /** No more than this is ever written. */
  readonly maxBytes: number;
  /** Size of the whole file by its declaration, for progress where the server does not say. */
  readonly expectedBytes: number | undefined;
  readonly signal: AbortSignal;
  readonly report: (receivedBytes: number, totalBytes: number | undefined, bytesPerSecond: number) => void;
}

/** Where the body of an answer belongs in the partial file. */
export interface Placement {
  readonly start: number;
  /** What stands before it in a partial file that is begun anew. */
  readonly head?: Uint8Array;
  readonly isNew: boolean;
  readonly totalBytes: number | undefined;
  readonly strongEtag: string | undefined;
}

/**
 * One connection to one mirror: goes on with `partial` where the server proves by its strong entity tag that it still has
 * the same bytes, and begins anew otherwise. On return the file is complete (not yet verified) and flushed to disk.
 *
 * @throws {MirrorError} if the mirror fails; `partial` may then hold more than before, and {@link sweepPartials} finds it
 */
export async function downloadOnce(request: DownloadRequest, partial: PartialFile): Promise<void> {
  const { origin, bytes } = partial;
  const resumes = origin !== undefined && bytes > 0;
  if (resumes && bytes === origin.totalBytes) return;
  const headers: Record<string, string> = resumes ? { range: `bytes=${bytes}-`, 'if-range': origin.etag } : {};
  const response = await get(request, headers);
  // Without a listener, a connection that is lost after its body was abandoned would end the process.
  response.body.on('error', () => {});
  try {
    const placement = place(response, partial, request);
    await receive(request, partial.path, response, placement);
  } finally {
    response.body.destroy();
  }
}

export async function get(
  request: Pick<DownloadRequest, 'http' | 'url' | 'signal'>,
  headers: Record<string, string>,
): Promise<HttpResponse> {
  try {
    return await request.http.get(request.url, headers, request.signal);
  } catch (cause) {
    request.signal.throwIfAborted();
    throw new MirrorError(explainNetworkError(cause), { mayPass: false, cause });
  }
}

/** Reads from status and headers what the body is; a server that breaks the rules of ranges loses its turn for resuming. */
function place(response: HttpResponse, partial: PartialFile, request: DownloadRequest): Placement {
  const { strongEtag, contentLength, range } = readHeaders(response);
  const { origin, bytes } = partial;
  if (response.status === 206 && origin !== undefined && bytes > 0) {
    const sameFile = strongEtag === origin.etag && range?.totalBytes === origin.totalBytes;
    if (range?.start !== bytes || !sameFile) throw new ResumeRefused();
    return { start: bytes, isNew: false, totalBytes: origin.totalBytes ?? undefined, strongEtag };
  }
  if (response.status === 416 && bytes > 0) throw new ResumeRefused();
  if (response.status !== 200) throw new MirrorError(`answered ${response.status}`, { mayPass: false });
  if (contentLength !== undefined && contentLength > request.maxBytes) {
    throw new MirrorError(`announced ${contentLength} bytes, more than the file can have`, { mayPass: false });
  }
  return { start: 0, isNew: true, totalBytes: contentLength, strongEtag };
}

/** The server would not go on where the partial file ends: it is to be begun anew. */
export class ResumeRefused extends MirrorError {
  constructor() {
    super('would not resume', { mayPass: true, keepsPartial: false });
  }
}

/** Writes the body of an answer where it belongs, and flushes it. */
export async function receive(
  request: DownloadRequest,
  path: string,
  response: HttpResponse,
  { start, head, isNew, totalBytes, strongEtag }: Placement,
): Promise<void> {
  const { url, maxBytes, expectedBytes, signal } = request;
  if (isNew) await onDisk(path, () => discardPartial(path));
  const file = await onDisk(path, () => open(path, isNew ? 'w' : 'r+'));
  try {
    if (isNew && head !== undefined) await onDisk(path, () => writeAll(file, head, 0));
    if (isNew && strongEtag !== undefined) {
      await onDisk(path, () => noteOrigin(path, { url, etag: strongEtag, totalBytes: totalBytes ?? null }));
    }
    const { add, end } = meter((received, rate) => request.report(received, totalBytes ?? expectedBytes, rate), start);
    let position = start;
    for await (const chunk of chunks(response, signal)) {
      if (position + chunk.length > maxBytes) {
        throw new MirrorError('sent more bytes than the file can have', { mayPass: false });
      }
      await onDisk(path, () => writeAll(file, chunk, position));
      position += chunk.length;
      add(chunk.length);
    }
    if (totalBytes !== undefined && position !== totalBytes) {
      throw new MirrorError(`sent ${position} of ${totalBytes} bytes`, { mayPass: true });
    }
    end();
    await onDisk(path, () => file.sync());
  } finally {
    await file.close();
  }
}

/** The body's chunks, each within the time that the client allows; a connection that fails on the way is the mirror's failure, and may pass. */
export async function* chunks({ body }: HttpResponse, signal: AbortSignal): AsyncGenerator<Buffer> {
  const iterator: AsyncIterator<Buffer> = body[Symbol.asyncIterator]();
  while (true) {
    let next: IteratorResult<Buffer>;
    try {
      next = await iterator.next();
    } catch (cause) {
      signal.throwIfAborted();
      throw new MirrorError(explainNetworkError(cause), { mayPass: true, cause });
    }
    if (next.done) return;
    yield next.value;
  }
}

export async function writeAll(file: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < chunk.length) {
    const { bytesWritten } = await file.write(chunk, written, chunk.length - written, position + written);
    written += bytesWritten;
  }
}

export async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw writeError(path, cause);
  }
}

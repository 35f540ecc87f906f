import type { ReadRange } from '../archives/zipDirectory.ts';
import { chunks, type DownloadRequest, get } from './downloadOnce.ts';
import type { HttpResponse } from './http.ts';
import { MirrorError } from './mirrorError.ts';
import { readHeaders } from './responseHeaders.ts';

/** How much of a file's end is asked for at first: a zip's directory, unless it is a very long one. */
const tailBytes = 1 << 17;
/** What is read of a directory is small; the rest of a file is for other ways. */
const maxReadBytes = 1 << 20;

/** A file on a mirror that sends parts of it. */
export interface RemoteFile {
  readonly totalBytes: number;
  readonly strongEtag: string | undefined;
  readonly read: ReadRange;
}

/**
 * Asks a mirror for the end of a file, and thereby whether it sends parts of files at all. The end is kept, so that what
 * lies in it is read without further requests.
 *
 * @throws {MirrorError}
 */
export async function openRemoteFile(request: DownloadRequest): Promise<RemoteFile> {
  const response = await get(request, { range: `bytes=-${tailBytes}` });
  const { range, strongEtag, contentLength } = readHeaders(response);
  let totalBytes: number;
  let start: number;
  if (response.status === 206 && range !== undefined && range.totalBytes !== null) {
    totalBytes = range.totalBytes;
    start = range.start;
    if (start !== Math.max(0, totalBytes - tailBytes)) throw abandon(response, 'sent another part than was asked for');
  } else if (response.status === 200 && contentLength !== undefined && contentLength <= tailBytes) {
    totalBytes = contentLength;
    start = 0;
  } else if (response.status === 200 || response.status === 206) {
    const size = contentLength === undefined ? '' : ` of ${contentLength.toLocaleString('en-US')} bytes`;
    throw abandon(response, `sends no parts of a file, only the whole archive${size}`);
  } else throw abandon(response, `answered ${response.status}`);
  const tail = await readBody(request, response, totalBytes - start);
  const read: ReadRange = async (position, length) => {
    if (position >= start && position + length <= totalBytes) {
      return tail.subarray(position - start, position - start + length);
    }
    if (position < 0 || length > maxReadBytes || position + length > totalBytes) {
      throw new MirrorError('sent an archive whose directory points beyond its end', { mayPass: false });
    }
    const part = await getPart(request, position, length, { totalBytes, strongEtag });
    return readBody(request, part, length);
  };
  return { totalBytes, strongEtag, read };
}

/**
 * The answer with `length` bytes from `position` on, of the very file that was opened.
 *
 * @throws {MirrorError} also where the file is another one by now
 */
export async function getPart(
  request: DownloadRequest,
  position: number,
  length: number,
  { totalBytes, strongEtag }: Pick<RemoteFile, 'totalBytes' | 'strongEtag'>,
): Promise<HttpResponse> {
  const range = `bytes=${position}-${position + length - 1}`;
  const response = await get(request, { range, ...(strongEtag !== undefined && { 'if-range': strongEtag }) });
  if (response.status !== 206 && response.status !== 200) throw abandon(response, `answered ${response.status}`);
  const { range: sent, strongEtag: etag } = readHeaders(response);
  const isAsked = response.status === 206 && sent?.start === position && sent.totalBytes === totalBytes;
  if (!isAsked || etag !== strongEtag) {
    throw abandon(response, 'sent another part, or of another file, than was asked for', true);
  }
  return response;
}

function abandon({ body }: HttpResponse, reason: string, mayPass = false): MirrorError {
  // Without a listener, a connection that is lost after its body was abandoned would end the process.
  body.on('error', () => {});
  body.destroy();
  return new MirrorError(reason, { mayPass, keepsPartial: false });
}

async function readBody({ signal }: DownloadRequest, response: HttpResponse, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let received = 0;
  response.body.on('error', () => {});
  try {
    for await (const chunk of chunks(response, signal)) {
      if (received + chunk.length > length) throw new MirrorError('sent more than was asked for', { mayPass: false });
      bytes.set(chunk, received);
      received += chunk.length;
    }
  } finally {
    response.body.destroy();
  }
  if (received !== length) throw new MirrorError(`sent ${received} of ${length} bytes`, { mayPass: true });
  return bytes;
}

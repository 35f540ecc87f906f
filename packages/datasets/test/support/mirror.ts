import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach } from 'vitest';

export const sampleFiles = join(import.meta.dirname, '../../sample/fashion-mnist');

/** One request that a mirror has seen. */
export interface SeenRequest {
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
}

export interface Mirror {
  /** Its base URL, ending with a slash. */
  readonly url: string;
  readonly requests: SeenRequest[];
}

/** Answers a request for a real archive; `nth` counts the requests for this file, from 0. */
export type Answer = (
  request: IncomingMessage,
  response: ServerResponse,
  archive: Buffer,
  nth: number,
) => void | Promise<void>;

const open: (() => void)[] = [];

afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** Serves the archives of the shipped sample (or one of the test's own) on 127.0.0.1, as `answer` does, until the test ends. */
export async function startMirror(answer: Answer = whole(), archive?: Buffer): Promise<Mirror> {
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('/').at(-1) as string;
    const nth = requests.filter((seen) => seen.path === path).length;
    const { range, 'if-range': ifRange } = request.headers;
    requests.push({ path, range, ifRange: ifRange as string | undefined });
    response.on('error', () => {});
    void answer(request, response, archive ?? readFileSync(join(sampleFiles, path)), nth);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests };
}

/** A URL where nothing listens. */
export async function deadMirror(): Promise<string> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return `http://127.0.0.1:${port}/`;
}

export function etagOf(archive: Buffer): string {
  return `"${createHash('md5').update(archive).digest('hex')}"`;
}

/** A well-behaved mirror: length, strong entity tag, ranges under `If-Range`. */
export function whole(etag: (archive: Buffer, nth: number) => string | undefined = etagOf): Answer {
  return (request, response, archive, nth) => {
    const tag = etag(archive, nth);
    const headers = { ...(tag !== undefined && { etag: tag }), 'accept-ranges': 'bytes' };
    const start = startOfRange(request);
    const isAsked = start !== undefined && request.headers['if-range'] === tag;
    if (!isAsked) {
      response.writeHead(200, { ...headers, 'content-length': archive.length }).end(archive);
      return;
    }
    if (start >= archive.length) {
      response.writeHead(416, { 'content-range': `bytes */${archive.length}` }).end();
      return;
    }
    const rest = archive.subarray(start);
    response
      .writeHead(206, {
        ...headers,
        'content-length': rest.length,
        'content-range': `bytes ${start}-${archive.length - 1}/${archive.length}`,
      })
      .end(rest);
  };
}

export function startOfRange(request: IncomingMessage): number | undefined {
  const match = request.headers.range?.match(/^bytes=(\d+)-$/);
  return match ? Number(match[1]) : undefined;
}

/** Begins a whole answer, sends half of it and cuts the connection. */
export function cutInHalf(response: ServerResponse, archive: Buffer, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-length': archive.length, ...headers });
  response.write(archive.subarray(0, archive.length >> 1), () => response.destroy());
}

/** Begins a whole answer, sends half of it and then nothing more. */
export function stallHalfway(response: ServerResponse, archive: Buffer, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-length': archive.length, ...headers });
  response.write(archive.subarray(0, archive.length >> 1));
}

/** Which bytes a request asks for: `bytes=2-5`, `bytes=2-` or the last ones, `bytes=-4`. */
export function askedRange(request: IncomingMessage, length: number): { start: number; end: number } | undefined {
  const match = request.headers.range?.match(/^bytes=(\d*)-(\d*)$/);
  if (!match) return undefined;
  const [, from, to] = match;
  if (from === '') return { start: Math.max(0, length - Number(to)), end: length };
  return { start: Number(from), end: to === '' ? length : Math.min(length, Number(to) + 1) };
}

/** Sends the part that is asked for. */
export function part(headers: Record<string, string> = {}): Answer {
  return (request, response, archive) => {
    const { start, end } = askedRange(request, archive.length) ?? { start: 0, end: archive.length };
    const range = { 'content-range': `bytes ${start}-${end - 1}/${archive.length}`, 'content-length': end - start };
    response.writeHead(206, { etag: etagOf(archive), ...range, ...headers }).end(archive.subarray(start, end));
  };
}

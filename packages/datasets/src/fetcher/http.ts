import type { Readable } from 'node:stream';
import { EnvHttpProxyAgent, interceptors } from 'undici';

/** How long to wait before a mirror counts as dead, in milliseconds. */
export interface HttpTimeouts {
  /** For the connection. */
  readonly connectMs: number;
  /** For the answer to begin. */
  readonly headersMs: number;
  /** For the next bytes of a body. */
  readonly stallMs: number;
}

export const defaultTimeouts: HttpTimeouts = { connectMs: 10_000, headersMs: 30_000, stallMs: 30_000 };

const maxRedirections = 5;

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
}

/** A client for a few downloads: close it, or the process stays alive until its idle connections end. */
export interface HttpClient {
  get(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpResponse>;
  close(): Promise<void>;
}

/**
 * Opens a client that follows redirects, and proxies as `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` say (capitals or not).
 * Bodies arrive as they travel: nothing is unpacked, whatever `Content-Encoding` says, so that a byte range is one of the file.
 */
export function openHttp(timeouts: HttpTimeouts): HttpClient {
  const agent = new EnvHttpProxyAgent({
    connect: { timeout: timeouts.connectMs },
    headersTimeout: timeouts.headersMs,
    bodyTimeout: timeouts.stallMs,
    // Plain http goes through a proxy as curl sends it: many proxies tunnel to port 443 only.
    proxyTunnel: false,
  });
  const dispatcher = agent.compose(interceptors.redirect({ maxRedirections }));
  return {
    async get(url, headers, signal) {
      const { origin, pathname, search } = new URL(url);
      const {
        statusCode,
        headers: received,
        body,
      } = await dispatcher.request({
        origin,
        path: `${pathname}${search}`,
        method: 'GET',
        headers: { 'accept-encoding': 'identity', 'user-agent': 'flambeau', ...headers },
        signal,
      });
      return { status: statusCode, headers: received, body };
    },
    close: () => agent.destroy(),
  };
}

const explanations: Readonly<Record<string, string>> = {
  ENOTFOUND: 'host not found',
  EAI_AGAIN: 'host not found',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection lost',
  EPIPE: 'connection lost',
  ETIMEDOUT: 'connection timed out',
  ENETUNREACH: 'network unreachable',
  EHOSTUNREACH: 'host unreachable',
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'stalled',
  UND_ERR_SOCKET: 'connection lost',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'its length is not the announced one',
};

/** A few words on a network error, without its stack or addresses. */
export function explainNetworkError(error: unknown): string {
  const { code, message, errors } = error as NodeJS.ErrnoException & { errors?: unknown[] };
  const known = explanations[code ?? ''];
  if (known !== undefined) return known;
  // Node tries all addresses of a host and reports them together.
  if (Array.isArray(errors) && errors.length > 0) return explainNetworkError(errors[0]);
  return message || String(code ?? error);
}

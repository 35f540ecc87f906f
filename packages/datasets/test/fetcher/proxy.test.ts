import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fetchFiles } from '../../src/fetcher/fetchFiles.ts';
import { sampleFiles, startMirror } from '../support/mirror.ts';
import { impatient, namesIn, newFolder, oneArchive, oneFileServedBy } from '../support/sandbox.ts';

let closeProxy = () => {};
afterEach(() => closeProxy());

/** A proxy that serves the sample for any plain-http host, and notes what it was asked for. */
async function startProxy(): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.end(readFileSync(join(sampleFiles, request.url?.split('/').at(-1) as string)));
  });
  server.on('connect', (request, socket) => {
    seen.push(`${request.method} ${request.url}`);
    const [, port] = (request.url as string).split(':');
    const upstream = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closeProxy = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

describe('proxies', () => {
  it.each(['HTTP_PROXY', 'http_proxy'])('serves http through %s', async (variable) => {
    const proxy = await startProxy();
    vi.stubEnv(variable, proxy.url);
    const folder = newFolder();
    await fetchFiles(oneFileServedBy('http://data.invalid/'), folder, impatient);
    expect(namesIn(folder)).toEqual([oneArchive]);
    expect(proxy.seen).toEqual([`GET http://data.invalid/${oneArchive}`]);
  });

  it('tunnels https through HTTPS_PROXY', async () => {
    const proxy = await startProxy();
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    const folder = newFolder();
    const { url } = await startMirror();
    const port = new URL(url).port;
    // The mirror speaks no TLS, so the download fails; what counts is that it was asked for through the tunnel.
    const refused = fetchFiles(oneFileServedBy(`https://localhost:${port}/`), folder, impatient);
    await expect(refused).rejects.toMatchObject({ code: 'unreachable' });
    expect(proxy.seen[0]).toBe(`CONNECT localhost:${port}`);
  });

  it('goes past the proxy to the hosts in NO_PROXY', async () => {
    const proxy = await startProxy();
    vi.stubEnv('HTTP_PROXY', proxy.url);
    vi.stubEnv('NO_PROXY', 'example.org,127.0.0.1');
    const mirror = await startMirror();
    await fetchFiles(oneFileServedBy(mirror.url), newFolder(), impatient);
    expect(proxy.seen).toEqual([]);
    expect(mirror.requests).toHaveLength(1);
  });

  it('names the mirror when the proxy is dead', async () => {
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:9');
    const refused = fetchFiles(oneFileServedBy('http://data.invalid/'), newFolder(), impatient);
    await expect(refused).rejects.toThrow('data.invalid: connection refused');
  });
});

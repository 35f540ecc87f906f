import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Page {
  readonly url: string;
  /** What the page has sent, one message after the other. */
  readonly messages: AsyncIterableIterator<unknown>;
  /** Ends the messages with an error. */
  fail(error: Error): void;
  close(): void;
}

/** With these a page is cross-origin isolated, and its workers share memory. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export interface ServedFile {
  readonly type: string;
  readonly body: Uint8Array | string;
}

/** Serves these files, by their paths, to this machine alone, and takes JSON messages at `POST /messages`. */
export async function servePage(files: Readonly<Record<string, ServedFile>>): Promise<Page> {
  const queue: unknown[] = [];
  let failure: Error | undefined;
  let wake: () => void = () => {};
  const server = createServer(async (request, response) => {
    if (request.method === 'POST' && request.url === '/messages') {
      queue.push(JSON.parse(await textOf(request)));
      response.writeHead(204).end();
      wake();
      return;
    }
    const file = files[request.url ?? ''];
    if (file === undefined) response.writeHead(404, ISOLATION).end();
    else response.writeHead(200, { 'Content-Type': file.type, ...ISOLATION }).end(file.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  async function* messages(): AsyncGenerator<unknown> {
    for (;;) {
      while (queue.length > 0) yield queue.shift();
      if (failure !== undefined) throw failure;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    messages: messages(),
    fail(error) {
      failure ??= error;
      wake();
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += part;
  return text;
}

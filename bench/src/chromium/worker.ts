/*
 * The training, in a Web Worker: there it may wait for other threads, which a page may not. Bundled and served by `train.ts`.
 */
import { simdThreadCount } from '@flambeau/backend-simd';
import { createBackend, setDefaultBackend } from '@flambeau/core';
import { ImageClassificationDataset } from '@flambeau/datasets';
import type { EpochLine } from '../epoch/lines.ts';
import { trainShipped } from '../epoch/shipped.ts';
import type { BrowserMessage, BrowserRequest } from './messages.ts';

/** One after the other: the messages arrive in their order. */
let sent: Promise<unknown> = Promise.resolve();
function send(message: BrowserMessage): void {
  const body = JSON.stringify(message);
  sent = sent.then(() => fetch('/messages', { method: 'POST', body }));
}

async function train(): Promise<void> {
  const { threads, epochs, shape, classes } = (await (await fetch('/request.json')).json()) as BrowserRequest;
  const bytes = async (path: string) => new Uint8Array(await (await fetch(path)).arrayBuffer());
  const [images, labels] = await Promise.all([bytes('/images'), bytes('/labels')]);
  const examples = new ImageClassificationDataset(
    { dtype: 'uint8', shape: [...shape], data: images },
    { dtype: 'uint8', shape: [labels.length], data: labels },
    classes,
  );
  const backend = await createBackend('simd', { threads });
  setDefaultBackend(backend);
  const { userAgent } = navigator;
  const device = `${backend.device} · ${/Chrom\w*\/\d+/.exec(userAgent)?.[0] ?? userAgent}`;
  send({ event: 'start', device, threads: simdThreadCount(threads), trainExamples: examples.length });
  await trainShipped(examples, epochs, (line: EpochLine) => send(line));
  send({ event: 'done' });
}

train().catch((error: unknown) => {
  send({ event: 'error', message: error instanceof Error ? error.message : String(error) });
});

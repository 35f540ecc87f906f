/*
 * Whole epochs of the notes' CNN in headless Chromium, on a cross-origin-isolated page that this script bundles and serves. Prints what
 * `epoch/train.ts` prints.
 *
 *     node --conditions=@flambeau/source --import tsx bench/src/chromium/train.ts '{"variant":"chromium","threads":1,"epochs":2}' CHROMIUM
 */
import { loadFashionMnist } from '@flambeau/datasets/node';
import type { EpochRequest } from '../epoch/lines.ts';
import { openBrowser } from './browser.ts';
import { bundleWorker } from './bundle.ts';
import type { BrowserMessage, BrowserRequest } from './messages.ts';
import { servePage } from './server.ts';

const [argument, chromium] = process.argv.slice(2);
const { threads, epochs, limit, dataDir } = JSON.parse(argument!) as EpochRequest;
const { train, classes } = await loadFashionMnist({ dataDir, limit, download: false });
const request: BrowserRequest = { threads, epochs, shape: train.images.shape, classes };

// A worker that can't be loaded says so to its page only.
const PAGE = `<!doctype html><title>bench</title><script>
const fail = (message) => fetch('/messages', { method: 'POST', body: JSON.stringify({ event: 'error', message }) });
if (crossOriginIsolated) {
  new Worker('/worker.js', { type: 'module' }).onerror = ({ message }) => fail('the worker failed: ' + message);
} else fail('the page is not cross-origin isolated');
</script>`;

const bytes = 'application/octet-stream';
const page = await servePage({
  '/': { type: 'text/html', body: PAGE },
  '/worker.js': { type: 'text/javascript', body: await bundleWorker() },
  '/request.json': { type: 'application/json', body: JSON.stringify(request) },
  '/images': { type: bytes, body: train.images.data as Uint8Array },
  '/labels': { type: bytes, body: train.labels.data as Uint8Array },
});
const browser = openBrowser(chromium!, page.url, (reason) => page.fail(new Error(reason)));
try {
  for await (const message of page.messages as AsyncIterableIterator<BrowserMessage>) {
    if (message.event === 'error') throw new Error(message.message);
    process.stdout.write(`${JSON.stringify(message)}\n`);
    if (message.event === 'done') break;
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  await browser.close();
  page.close();
}

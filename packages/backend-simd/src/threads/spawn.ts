import { builtin } from './builtin.ts';
import { workerSource } from './worker.generated.ts';
import type { WorkerStart } from './worker.ts';

export interface SpawnedWorker {
  terminate(): void;
}

interface BrowserWorker {
  onerror: ((event: { message?: string }) => void) | null;
  postMessage(message: unknown): void;
  terminate(): void;
}

const NAME = 'simd kernels';
let sourceUrl: string | undefined;

/**
 * Starts a worker: one of Node's that doesn't keep the process alive, or a Web Worker. `ended` is called with a reason when
 * it ends, whoever ended it.
 */
export function spawn(start: WorkerStart, ended: (reason: string) => void): SpawnedWorker {
  const node = builtin('node:worker_threads');
  if (node) {
    // The process's own flags (loaders, inspectors) would only slow it down, or fail.
    const options = { eval: true, workerData: start, execArgv: [], env: {}, name: NAME } as const;
    const worker = new node.Worker(workerSource, { ...options, execArgv: [] });
    worker.unref();
    worker.on('error', (error) => ended(error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => ended(`it ended with exit code ${code}`));
    return { terminate: () => void worker.terminate() };
  }
  const scope = globalThis as unknown as { Worker: new (url: string, options: { name: string }) => BrowserWorker };
  sourceUrl ??= URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }));
  const worker = new scope.Worker(sourceUrl, { name: NAME });
  worker.onerror = (event) => {
    ended(event.message || 'it did not start; a content security policy must allow it (worker-src blob:)');
  };
  worker.postMessage(start);
  return { terminate: () => worker.terminate() };
}

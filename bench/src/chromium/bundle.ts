import { join } from 'node:path';
import { build } from 'esbuild';

/** The worker's script in one file, from the packages' sources. */
export async function bundleWorker(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'worker.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@flambeau/source'],
    // GPU backends are optional peers, fetched only where one is chosen.
    external: ['node:*', 'webgpu', '@tensorflow/tfjs-backend-webgpu'],
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]!.contents;
}

import { accessSync, constants, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import type { SuiteReport } from './suite.ts';

const programs = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Chromium, if this machine has one. */
export const chromiumProgram: string | undefined = programs.find((program) => {
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
});

/** With a software GPU, so that WebGPU and WebGL are there on every machine. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
    ],
  });
}

/** The suite in one file, from the sources. */
export async function bundleSuite(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'suite.ts')],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@flambeau/source'],
    external: ['node:*', 'webgpu'],
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

/** Runs the suite on a backend in a page that is cross-origin isolated, as the demo app's is. */
export async function runInChromium(browser: Browser, suite: string, backend: string): Promise<SuiteReport> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const wasmFolder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
    await context.route('https://suite.test/**', async (route) => {
      const { pathname } = new URL(route.request().url());
      const headers = {
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      };
      if (pathname === '/') await route.fulfill({ headers, contentType: 'text/html', body: '<!doctype html>' });
      else if (pathname === '/suite.js') await route.fulfill({ headers, contentType: 'text/javascript', body: suite });
      else if (pathname.startsWith('/wasm/')) {
        const body = readFileSync(join(wasmFolder, pathname.slice('/wasm/'.length)));
        await route.fulfill({ headers, contentType: 'application/wasm', body });
      } else await route.fulfill({ status: 404 });
    });
    await page.goto('https://suite.test/');
    const answer = await page.evaluate(
      (name) =>
        new Promise<SuiteReport | { error: string }>((resolve) => {
          const worker = new Worker('/suite.js', { type: 'module' });
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => resolve({ error: message });
          worker.postMessage(name);
        }),
      backend,
    );
    if ('error' in answer) throw new Error(answer.error);
    return answer;
  } finally {
    await context.close();
  }
}

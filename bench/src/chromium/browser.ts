import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How long a browser may take to go when it is told to, in milliseconds. */
const PATIENCE_MS = 5_000;

/**
 * Opens a page in a headless Chromium with a profile of its own.
 *
 * @param ended - called with a reason if the browser ends by itself.
 */
export function openBrowser(program: string, url: string, ended: (reason: string) => void): { close(): Promise<void> } {
  const profile = mkdtempSync(join(tmpdir(), 'flambeau-bench-chromium-'));
  // Its sandbox needs rights that containers don't give; the page is our own.
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`];
  const browser = spawn(program, [...flags, url], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  browser.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-1000);
  });
  const exited = new Promise<void>((resolve) => {
    browser.once('error', (error) => {
      ended(`${program} can't be run: ${error.message}`);
      resolve();
    });
    browser.once('close', (code) => {
      ended(`${program} ended with code ${code}: ${errors.trim() || 'it said nothing'}`);
      resolve();
    });
  });
  return {
    async close() {
      browser.kill();
      const killer = setTimeout(() => browser.kill('SIGKILL'), PATIENCE_MS);
      await exited;
      clearTimeout(killer);
      // Its other processes may still write for a moment.
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

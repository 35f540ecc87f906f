/*
 * Runs the conformance suite on every backend that can be had here, in Node and in Chromium, and prints what each can do.
 *
 *     pnpm capabilities            prints the table; exits with 1 if a backend fails a case
 *     pnpm capabilities --write    also writes docs/backends.md
 *
 * In Node each backend has a process of its own (`--only NAME`): some can't be opened side by side.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createBackend } from '../src/backend/createBackend.ts';
import { conformanceCases, runSuite } from '../src/conformance/index.ts';
import { type Column, formatCapabilities } from '../test/conformance/capabilityTable.ts';
import { bundleSuite, chromiumProgram, launchChromium, runInChromium } from '../test/conformance/chromium/browser.ts';
import { webgpuOrReason } from '../test/conformance/webgpu.ts';

const inNode = ['simd', 'cpu', 'wasm', 'webgpu', 'node', 'node-gpu'];
const inChromium = ['simd', 'wasm', 'webgpu', 'webgl'];

async function here(name: string): Promise<Column> {
  if (name === 'webgpu') await webgpuOrReason();
  const [reference, backend] = [await createBackend('cpu'), await createBackend(name)];
  return { name, place: 'Node', device: backend.device, results: await runSuite(conformanceCases, backend, reference) };
}

/** The suite in a process of its own. */
async function inProcess(name: string): Promise<Column> {
  const child = spawn(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), '--only', name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = await text(child.stdout);
  const line = output.split('\n').find((candidate) => candidate.startsWith('{'));
  if (line === undefined) throw new Error(`the process of '${name}' gave no report`);
  return JSON.parse(line);
}

async function allInChromium(program: string): Promise<Column[]> {
  const [browser, suite] = await Promise.all([launchChromium(program), bundleSuite()]);
  try {
    const columns: Column[] = [];
    for (const name of inChromium) {
      columns.push({ name, place: 'Chromium', ...(await runInChromium(browser, suite, name)) });
    }
    return columns;
  } finally {
    await browser.close();
  }
}

const only = process.argv.indexOf('--only');
if (only >= 0) {
  const name = process.argv[only + 1]!;
  const column = await here(name).catch(
    (error): Column => ({ name, place: 'Node', device: '', results: [], missing: (error as Error).message }),
  );
  // JSON has no infinity: what is infinitely off has failed, and says so.
  process.stdout.write(`${JSON.stringify(column)}\n`);
  process.exit(0);
}

const columns: Column[] = [];
for (const name of inNode) columns.push(await inProcess(name));
if (chromiumProgram === undefined) process.stderr.write('there is no Chromium: its columns are left out\n');
else columns.push(...(await allInChromium(chromiumProgram)));
const document = formatCapabilities(columns);
process.stdout.write(document);
if (process.argv.includes('--write')) {
  writeFileSync(new URL('../../../docs/backends.md', import.meta.url), document);
}
if (columns.some(({ results }) => results.some(({ passed }) => !passed))) process.exitCode = 1;

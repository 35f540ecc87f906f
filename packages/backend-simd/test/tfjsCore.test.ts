import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SimdBackendOptions } from '../src/index.ts';
import type { SuiteResult } from './tfjsCore/environment.ts';

/** All that a backend other than `cpu` can reach: two of the 4,227 are for `cpu` alone. */
const SPECS = 4225;

const root = fileURLToPath(new URL('..', import.meta.url));
let folder: string;
let bundle: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tfjs-core-suite-'));
  bundle = join(folder, 'suite.cjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['test/tfjsCore/suite.ts'],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    // tfjs calls its side effects none; its tests are side effects.
    ignoreAnnotations: true,
    mainFields: ['module', 'main'],
    // Jasmine 3.99 has a loop over an undeclared variable, which strict code refuses.
    tsconfigRaw: { compilerOptions: { alwaysStrict: false } },
    logLevel: 'error',
  });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function runSuite(options: SimdBackendOptions): Promise<SuiteResult> {
  const { stdout } = await promisify(execFile)(process.execPath, [bundle], {
    env: { ...process.env, SIMD_OPTIONS: JSON.stringify(options) },
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout.trimEnd().split('\n').pop()!);
}

describe("tfjs-core's own test suite", () => {
  test('passes on one thread and plain memory', async () => {
    expect(await runSuite({ name: 'simd-1', threads: 1 })).toEqual({ passed: SPECS, failed: [] });
  });

  test('passes on 2 threads and shared memory', async () => {
    expect(await runSuite({ name: 'simd-2', threads: 2 })).toEqual({ passed: SPECS, failed: [] });
  });

  test('passes when freed memory is poisoned and every kernel cut that has two of anything', async () => {
    const options = { name: 'simd-poison', threads: 2, poisonFreed: true, splitAlways: true, relaxedSimd: false };
    expect(await runSuite(options)).toEqual({ passed: SPECS, failed: [] });
  });
});

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conformanceCases } from '../../../src/conformance/index.ts';
import { bundleSuite, chromiumProgram, launchChromium, runInChromium } from './browser.ts';

const missing = chromiumProgram === undefined;
if (missing) {
  // On the machines that decide whether a change lands, a missing part must not pass for a green one.
  if (process.env.FLAMBEAU_REQUIRE_WEBGPU === '1') throw new Error('there is no Chromium: apt-get install chromium');
  process.stderr.write('conformance in Chromium is skipped: there is none (on Debian: apt-get install chromium)\n');
}

describe.skipIf(missing)('conformance in Chromium', () => {
  let browser: Browser;
  let suite: string;
  beforeAll(async () => {
    [browser, suite] = await Promise.all([launchChromium(chromiumProgram!), bundleSuite()]);
  });
  afterAll(() => browser?.close());

  it.each([
    ['simd', /^CPU · WebAssembly (relaxed )?SIMD · [2-9]\d* threads$/],
    ['wasm', /^CPU · TensorFlow\.js WebAssembly · \d+ threads?$/],
    ['webgpu', /WebGPU$/],
    ['webgl', /WebGL$/],
  ])('%s gives the reference numbers, forward and gradient', { timeout: 600_000 }, async (name, device) => {
    const report = await runInChromium(browser, suite, name);
    expect(report.results.filter(({ passed }) => !passed)).toEqual([]);
    expect(report.results).toHaveLength(conformanceCases.length);
    expect(report.device).toMatch(device);
  });
});

import { expect, test } from 'vitest';
import { typescript } from '../../src/children/commands.ts';
import { LineChild } from '../../src/children/lineChild.ts';
import { findChromium } from '../../src/chromium/find.ts';
import type { EpochLine } from '../../src/epoch/lines.ts';

const run = async (script: string, ...args: string[]) => {
  const child = new LineChild(script, typescript(script, args));
  const lines: EpochLine[] = [];
  for (let line = await child.next<EpochLine>(); line; line = await child.next<EpochLine>()) lines.push(line);
  return lines;
};
const request = (variant: string, threads = 2) => JSON.stringify({ variant, threads, epochs: 1, limit: 300 });

const chromium = findChromium();

// Where there is no browser, the benchmark says so and this can't be shown.
test.runIf(chromium !== undefined)("a browser's epoch is Node's, on as many threads", async () => {
  const [browser, node] = await Promise.all([
    run('chromium/train.ts', request('chromium'), chromium!),
    run('epoch/train.ts', request('shipped')),
  ]);
  expect(browser.map(({ event }) => event)).toEqual(['start', 'epoch', 'done']);
  expect(browser[0]).toMatchObject({ threads: 2, trainExamples: 300 });
  const lossOf = (lines: EpochLine[]) => lines.find((line) => line.event === 'epoch')!.trainLoss;
  expect(Math.abs(lossOf(browser) / lossOf(node) - 1)).toBeLessThan(1e-5);
});

test('a browser that is not there is an error, and no hang', async () => {
  await expect(run('chromium/train.ts', request('chromium'), '/nowhere/chromium')).rejects.toThrow(
    "/nowhere/chromium can't be run",
  );
});

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runFuzz } from './runFuzz.ts';
import { targets } from './targets/index.ts';

describe('mutated files are read right or refused with the one error of their parser, in time and little memory', () => {
  it.each(Object.keys(targets))('%s', async (target) => {
    const { files, accepted, faults } = await runFuzz({ target, seed: 20_000, count: 400 });
    expect(faults).toEqual([]);
    expect(files).toBe(400);
    // Neither all nor none: both ways are gone.
    expect(accepted).toBeGreaterThan(4);
    expect(accepted).toBeLessThan(396);
  });
});

describe('the fuzzer finds a parser', () => {
  const fuzz = (target: string, count = 12) =>
    runFuzz({
      target,
      seed: 5,
      count,
      limitMs: 1000,
      module: fileURLToPath(new URL('./badTargets.ts', import.meta.url)),
    });

  it.each([
    ['wrong', /a wrong result: not 0/],
    ['crashing', /throws TypeError/],
    ['greedy', /takes 8\d{6} bytes of memory for 1, expected/],
    ['wasteful', /takes \d{7,} bytes of memory for 1, expected/],
  ])('that is %s', async (target, message) => {
    const { files, faults } = await fuzz(target);
    expect(files).toBe(12);
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) expect(fault.message).toMatch(message);
    // The seed that is printed brings the fault again.
    const again = await runFuzz({
      target,
      seed: faults.at(-1)!.seed,
      count: 1,
      module: fileURLToPath(new URL('./badTargets.ts', import.meta.url)),
    });
    expect(again.faults.map(({ seed }) => seed)).toEqual([faults.at(-1)!.seed]);
  });

  it.each([
    ['hanging', /takes longer than 1000 ms/],
    ['dying', /ends the process \(SIGABRT\)/],
  ])('that is %s, and goes on behind it', async (target, message) => {
    const { files, faults } = await fuzz(target, 5);
    expect(files).toBe(5);
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) expect(fault.message).toMatch(message);
  });

  it('that is right, and then finds nothing', async () => {
    expect(await fuzz('right')).toMatchObject({ files: 12, faults: [] });
  });
});

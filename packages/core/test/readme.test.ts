import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const examples = (await readdir(`${root}examples`)).sort();
const read = (path: string) => readFile(`${root}${path}`, 'utf8');

/** Runs an example as a user's program, in a Node of its own. */
async function run(example: string): Promise<string> {
  const args = ['--conditions=@flambeau/source', '--import', 'tsx', `examples/${example}`];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  return stdout;
}

describe("the README's code", () => {
  let blocks: Map<string, string[]>;
  beforeAll(async () => {
    blocks = new Map();
    for (const [, language, code] of (await read('README.md')).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)) {
      blocks.set(language!, [...(blocks.get(language!) ?? []), code!]);
    }
  });

  it('is that of the examples, all of it', async () => {
    const files = await Promise.all(examples.map((example) => read(`examples/${example}`)));
    expect([...blocks.get('ts')!].sort()).toEqual(files.sort());
  });

  it.each<[string, (output: string) => void]>([
    [
      'training.ts',
      (output) => {
        const epochs = [...output.matchAll(/^epoch (\d) total_correct: (\d+) loss: ([\d.]+)$/gm)].map(
          ([, ...numbers]) => numbers.map(Number),
        );
        expect(epochs.map(([epoch]) => epoch)).toEqual([0, 1, 2, 3, 4]);
        expect(epochs.at(-1)![1]).toBe(400);
        expect(epochs.at(-1)![2]).toBeLessThan(1);
      },
    ],
    ['trainer.ts', (output) => expect(Number(/accuracy ([\d.]+)/.exec(output)![1])).toBeGreaterThan(0.9)],
    [
      'checkpoint.ts',
      (output) => expect(output).toMatch(/^\[ '0.weight', '0.bias', '3.weight', '3.bias' \] cpu -0.00149736/),
    ],
    ['summary.ts', (output) => expect(blocks.get('text')).toEqual([output])],
    [
      'provider.ts',
      (output) => expect(output).toMatch(/^simd-small \(CPU · at most 256 MiB\): \d+ cases, all passed: true$/m),
    ],
  ])('runs: %s', async (example, check) => {
    expect(examples).toContain(example);
    check(await run(example));
  });
});

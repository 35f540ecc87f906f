import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

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
  it('is that of the examples, all of it', async () => {
    const files = await Promise.all(examples.map((example) => read(`examples/${example}`)));
    const blocks = [...(await read('README.md')).matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
    expect(blocks.sort()).toEqual(files.sort());
  });

  it.each([
    ['training.ts', 'd h a b c [ 6, 6 ]\n'],
    [
      'evaluation.ts',
      '69.14 nrefs:var|case:mixed|eff:no|tok:13a|smooth:exp 0.5 0.86\n        s p\n        u r\n      j i e\n      e s t\n    i ██░░   90% je\n    m ░░▓▓░░ 75% suis\nready   ░░██ 94% pret\n\n',
    ],
    ['attention.ts', '1.2 2.0 3.6 5.1\n[ 1, 1, 4 ] [ 1, 1, 3 ]\n'],
  ])('runs: %s', async (example, output) => {
    expect(examples).toContain(example);
    expect(await run(example)).toBe(output);
  });
});

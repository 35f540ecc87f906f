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
    ['training.ts', 'pos true\ntrue\ntrue\n'],
    [
      'vocabulary.ts',
      "it is n't bad ...\na well-made film ; 8/10 , but it 's long .\n[ 2, 11 ]\n[ 'it', '<unk>', 'long' ]\n",
    ],
  ])('runs: %s', async (example, output) => {
    expect(examples).toContain(example);
    expect(await run(example)).toBe(output);
  });
});

import { writeSync } from 'node:fs';
import { fuzzFile } from './fuzzFile.ts';
import type { FuzzTarget } from './target.ts';
import { targets } from './targets/index.ts';

/** The pipe to the parent: written at once, so that it knows of the last seed also when this process dies. */
const REPORTS = 3;
const say = (message: object) => writeSync(REPORTS, `${JSON.stringify(message)}\n`);

const [module, name, seed, count] = process.argv.slice(2) as [string, string, string, string];
// The tests bring targets of their own, in a file of the same form.
const known = module === '' ? targets : ((await import(module)) as { targets: typeof targets }).targets;
const target = (await known[name]!()) as FuzzTarget<never>;

// Sound files first: each must be read, and what is compiled and loaded on the way is not counted later.
for (const file of target.corpus) {
  await target.prepare?.(file);
  (target as FuzzTarget).check(await target.read(file), file);
}
say({ ready: true });
for (let at = 0; at < Number(count); at++) {
  say({ begin: Number(seed) + at });
  say(await fuzzFile(target, Number(seed) + at));
}
process.exit(0);

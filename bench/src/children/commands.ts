import { join } from 'node:path';
import type { ChildCommand } from './lineChild.ts';

const bench = join(import.meta.dirname, '..', '..');
export const root = join(bench, '..');

type Arguments = readonly (string | number)[];

/** A script of this folder, the packages run from source as the demo runs them. For tests: nothing needs to be built. */
export function typescript(script: string, args: Arguments = []): ChildCommand {
  return run(['--conditions=@flambeau/source'], script, args);
}

/**
 * A script of this folder on the built packages, which is what users get. From source everything works the same, but tsx keeps the
 * names of functions, which costs 1 to 2% of a training step and a sixth of a prediction of one image.
 */
export function onBuiltPackages(script: string, args: Arguments = []): ChildCommand {
  return run([], script, args);
}

function run(flags: readonly string[], script: string, args: Arguments): ChildCommand {
  const own = [...flags, '--import', 'tsx', join(bench, 'src', script)];
  return { command: process.execPath, args: [...own, ...args.map(String)], cwd: root };
}

/** A script of `bench/pytorch`. */
export function pytorch(python: string, script: string, args: readonly (string | number)[] = []): ChildCommand {
  return { command: python, args: [join(bench, 'pytorch', script), ...args.map(String)], cwd: root };
}

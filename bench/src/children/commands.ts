import { join } from 'node:path';
import type { ChildCommand } from './lineChild.ts';

const bench = join(import.meta.dirname, '..', '..');
export const root = join(bench, '..');

/** A script of this folder, run from source as the demo is. */
export function typescript(script: string, args: readonly (string | number)[] = []): ChildCommand {
  const flags = ['--conditions=@flambeau/source', '--import', 'tsx'];
  return { command: process.execPath, args: [...flags, join(bench, 'src', script), ...args.map(String)], cwd: root };
}

/** A script of `bench/pytorch`. */
export function pytorch(python: string, script: string, args: readonly (string | number)[] = []): ChildCommand {
  return { command: python, args: [join(bench, 'pytorch', script), ...args.map(String)], cwd: root };
}

import { spawnSync } from 'node:child_process';
import { root } from '../children/commands.ts';

/** Runs pnpm: the very one that started this program, where one did. */
export function pnpm(args: readonly string[], cwd = root): string {
  const own = process.env.npm_execpath;
  const [command, first] = own?.includes('pnpm') ? [process.execPath, [own]] : ['pnpm', []];
  const { status, stdout, stderr, error } = spawnSync(command, [...first, ...args], { cwd, encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`pnpm ${args.join(' ')} failed: ${error?.message ?? `${stdout}${stderr}`.trim().slice(-1000)}`);
  }
  return stdout;
}

/** Builds the packages, so that what is measured is what users get; turbo leaves out what is up to date. */
export function buildPackages(): void {
  pnpm(['run', 'build']);
}

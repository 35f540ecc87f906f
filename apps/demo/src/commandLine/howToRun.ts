import { createRequire } from 'node:module';

const { packageManager } = createRequire(import.meta.url)('../../../../package.json') as { packageManager: string };

/** How this command line is called from the repository's root, to be pasted: pnpm comes through npx, pinned. */
export const howToRun = `npx -y ${packageManager.split('+')[0]} flambeau`;

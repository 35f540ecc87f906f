import { join } from 'node:path';

/**
 * The folder of this package, which holds `sample/`. This file is one level below it as source and as built; for CommonJS
 * the build replaces `import.meta.dirname` by `__dirname`.
 */
export const packageFolder = join(import.meta.dirname, '..');

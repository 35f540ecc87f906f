import { defineConfig } from 'tsup';
import { packageConfig } from '../../tooling/tsup.ts';

// Shims: the CommonJS build of the Node entry finds its neighbours by a file URL, too.
export default defineConfig(packageConfig({ index: 'src/index.ts', node: 'src/node.ts' }, { shims: true }));

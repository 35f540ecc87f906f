import { defineConfig } from 'tsup';
import { packageConfig } from '../../tooling/tsup.ts';

export default defineConfig(
  packageConfig({
    index: 'src/index.ts',
    conformance: 'src/conformance/index.ts',
    node: 'src/node.ts',
    random: 'src/random/index.ts',
  }),
);

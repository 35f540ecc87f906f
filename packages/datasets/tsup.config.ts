import { defineConfig } from 'tsup';
import { packageConfig } from '../../tooling/tsup.ts';

export default defineConfig(
  packageConfig(
    { index: 'src/index.ts', node: 'src/node.ts' },
    {
      // One copy of every class for both entries, in CommonJS too: a DataError of one is a DataError of the other.
      splitting: true,
      removeNodeProtocol: false,
      // CommonJS has no import.meta.
      esbuildOptions: (options, { format }) => {
        if (format === 'cjs') options.define = { ...options.define, 'import.meta.dirname': '__dirname' };
      },
    },
  ),
);

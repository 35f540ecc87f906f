import { defineConfig } from 'tsup';
import { packageConfig } from '../../tooling/tsup.ts';

export default defineConfig(packageConfig({ index: 'src/index.ts' }));

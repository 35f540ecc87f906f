import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: './tooling/generateKernels.ts',
    projects: ['packages/*', 'apps/*', 'bench'],
    reporters: ['default', './tooling/closing-line-reporter.ts'],
  },
});

import { defineProject } from 'vitest/config';

/** The one test configuration: tests run from source, through the `@flambeau/source` export condition. */
export function packageTests(name: string, test: { testTimeout?: number; setupFiles?: string[] } = {}) {
  const conditions = ['@flambeau/source', 'module', 'node', 'development|production'];
  return defineProject({
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: { name, include: ['test/**/*.test.ts'], testTimeout: 60_000, ...test },
  });
}

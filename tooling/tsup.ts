import type { Options } from 'tsup';

/** The one builder configuration: ESM, CJS and types for every entry; dependencies and peers stay external. */
export function packageConfig(entry: Record<string, string>, overrides: Options = {}): Options {
  return {
    entry,
    format: ['esm', 'cjs'],
    target: 'es2022',
    platform: 'neutral',
    dts: true,
    sourcemap: true,
    clean: true,
    treeshake: true,
    // One copy of every class and registry for all entries, in CommonJS too.
    splitting: true,
    external: [/^node:/],
    // CommonJS has no import.meta.
    esbuildOptions: (options, { format }) => {
      if (format === 'cjs') options.define = { ...options.define, 'import.meta.dirname': '__dirname' };
    },
    ...overrides,
  };
}

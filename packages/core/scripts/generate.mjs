// Writes src/backend/tfjsGradients.generated.js: TensorFlow.js's gradient registrations as one module.
//
// `@tensorflow/tfjs-core` alone has no gradients, its `dist/register_all_gradients` can't be imported in plain Node
// (ES modules without extensions or `exports`), and `@tensorflow/tfjs` would bring every backend. The registry is
// global, so a bundle of the gradient files works. What the package's entry exports stays an import, so that the
// bundle holds the gradients and little else.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const dist = dirname(require.resolve('@tensorflow/tfjs-core'));
const entryExports = new Set(Object.keys(require('@tensorflow/tfjs-core')));

/** The names a TensorFlow.js module exports, read from its source. */
function exportedNames(file) {
  const source = readFileSync(file, 'utf8');
  const declared = [...source.matchAll(/^export (?:const|function|class|var|let) (\w+)/gm)].map((match) => match[1]);
  const listed = [...source.matchAll(/^export \{([^}]*)\}/gm)].flatMap((match) =>
    match[1].split(',').map((name) => name.trim().split(' as ').at(-1)),
  );
  return [...declared, ...listed].filter(Boolean);
}

/** Modules with state of their own, which must be the entry's and not a copy. */
const shared = {
  [join(dist, 'engine.js')]: "import { engine } from '@tensorflow/tfjs-core'; export const ENGINE = engine();",
  [join(dist, 'environment.js')]:
    "import { env } from '@tensorflow/tfjs-core'; export { env }; export const ENV = env();",
};
const plugin = {
  name: 'tfjs-entry',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
      const file = `${resolve(resolveDir, path)}.js`.replace(/\.js\.js$/, '.js');
      if (file in shared) return { path: file, namespace: 'shared' };
      if (relative(dist, file).startsWith('gradients')) return { path: file };
      const names = exportedNames(file);
      const external = names.length > 0 && names.every((name) => entryExports.has(name));
      return external ? { path: '@tensorflow/tfjs-core', external: true } : { path: file };
    });
    onLoad({ filter: /.*/, namespace: 'shared' }, ({ path }) => ({ contents: shared[path], resolveDir: root }));
  },
};

await build({
  entryPoints: [join(dist, 'register_all_gradients.js')],
  outfile: join(root, 'src/backend/tfjsGradients.generated.js'),
  bundle: true,
  format: 'esm',
  target: 'es2022',
  ignoreAnnotations: true,
  external: ['@tensorflow/tfjs-core'],
  plugins: [plugin],
  banner: {
    js: '// Copyright Google LLC. Apache License 2.0. Bundled from @tensorflow/tfjs-core by scripts/generate.mjs.',
  },
  logLevel: 'warning',
});
// It is imported for its effect; without a declaration its code would end up in the package's types.
writeFileSync(join(root, 'src/backend/tfjsGradients.generated.d.ts'), 'export {};\n');

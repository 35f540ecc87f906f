import { createRequire } from 'node:module';
import { arch, cpus, platform } from 'node:os';

const require = createRequire(import.meta.url);

/** Versions of what the numbers of a run depend on. */
export function versions(): Record<string, string> {
  const packages = [
    '@flambeau/core',
    '@flambeau/datasets',
    '@flambeau/vision',
    '@flambeau/text',
    '@flambeau/attention',
    '@tensorflow/tfjs-core',
  ];
  return {
    node: process.versions.node,
    platform: `${platform()} ${arch()}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    ...Object.fromEntries(
      packages.map((name) => [name, (require(`${name}/package.json`) as { version: string }).version]),
    ),
  };
}

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Every module that `entry` loads, now or later, by following its imports (types aside, which leave nothing behind). */
function importedBy(entry: string, later = true, seen = new Map<string, string[]>()): Map<string, string[]> {
  if (seen.has(entry)) return seen;
  const source = readFileSync(entry, 'utf8');
  const statements = source.matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?from\s+'([^']+)'/gm);
  const dynamic = later ? source.matchAll(/import\(\s*'([^']+)'/g) : [];
  const specifiers = [...statements, ...dynamic].map(([, specifier]) => specifier);
  seen.set(entry, specifiers);
  for (const specifier of specifiers.filter((name) => name.startsWith('.'))) {
    importedBy(join(dirname(entry), specifier), later, seen);
  }
  return seen;
}

const src = join(import.meta.dirname, '../../src');
const packagesOf = (entry: string, later = true) =>
  [...importedBy(join(src, entry), later).values()].flat().filter((specifier) => !specifier.startsWith('.'));

describe('the entry for browsers', () => {
  it('loads nothing of Node’s, and no TensorFlow.js', () => {
    expect([...new Set(packagesOf('index.ts'))].sort()).toEqual([
      '@flambeau/core/random',
      '@noble/hashes/sha2.js',
      '@noble/hashes/utils.js',
    ]);
    expect(packagesOf('../../core/src/random/index.ts')).toEqual([]);
  });

  it('is told apart from Node’s by this test', () => {
    expect(packagesOf('node.ts')).toContain('node:fs/promises');
    expect(packagesOf('node.ts')).toContain('undici');
  });
});

describe('the entry for Node', () => {
  it('loads the HTTP client, which is slow to start, only for a download', () => {
    expect(packagesOf('node.ts', false)).not.toContain('undici');
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { conformanceCases } from '../../src/conformance/index.ts';
import { formatCapabilities } from './capabilityTable.ts';

const document = readFileSync(new URL('../../../../docs/backends.md', import.meta.url), 'utf8');

describe('docs/backends.md (pnpm capabilities --write)', () => {
  it('has rows of ops that there are', () => {
    const written = Array.from(document.matchAll(/^\| `([^`]+)` \| (\d+) \|/gm), ([, op]) => op!);
    const ops = new Set(conformanceCases.map(({ op }) => op));
    expect(written.length).toBeGreaterThan(40);
    expect(written.filter((op) => !ops.has(op))).toEqual([]);
  });

  it('tells of no failure', () => {
    expect(document).not.toMatch(/✗ \d/);
  });
});

describe('the capability table', () => {
  it('shows the worst error, failures by their number, and what could not be had', () => {
    const result = (op: string, worst: number) => ({ op, title: '', errors: {}, worst, passed: worst < 1e-5 });
    const table = formatCapabilities([
      {
        name: 'one',
        place: 'Node',
        device: 'a device',
        results: [result('a', 0), result('b', 2e-7), result('b', 3e-6)],
      },
      { name: 'two', place: 'Chromium', device: 'another', results: [result('a', 1), result('b', 0), result('b', 1)] },
      { name: 'three', place: 'Node', device: '', results: [], missing: 'npm install three' },
    ]);
    expect(table).toContain('|  | cases | one, Node | two, Chromium |');
    expect(table).toContain('| `a` | 1 | 0 | ✗ 1 |');
    expect(table).toContain('| `b` | 2 | 3e-6 | ✗ 1 |');
    expect(table).toContain('- one, Node: a device\n');
    expect(table).toContain('- three, Node: left out. npm install three\n');
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as init from '../../src/init/index.ts';
import * as nn from '../../src/nn/index.ts';
import * as optim from '../../src/optim/index.ts';
import { parityRows } from './parityTable.ts';

const document = readFileSync(new URL('../../../../docs/parity.md', import.meta.url), 'utf8');
const written = new Set(Array.from(document.matchAll(/^\| ([^|]+?) \| \d/gm), ([, subject]) => subject!));

/** Names of the exported classes that do something by themselves: no bases, containers or tensors. */
function classesOf(namespace: object, without: readonly string[]): string[] {
  return Object.entries(namespace).flatMap(([name, value]) =>
    typeof value === 'function' && /^[A-Z]/.test(name) && !without.includes(name) ? [name] : [],
  );
}

describe('docs/parity.md (pnpm parity --write)', () => {
  it('has a row for every layer and loss', () => {
    const without = [
      'Module',
      'ModuleDict',
      'ModuleList',
      'PackedSequence',
      'Sequential',
      'Parameter',
      'Buffer',
      'Counter',
    ];
    expect(classesOf(nn, without).filter((name) => !written.has(name))).toEqual([]);
  });

  it('has a row for every optimizer and scheduler', () => {
    // AveragedModel is neither; optim/averagedModel.test.ts holds it to PyTorch's.
    const without = ['Optimizer', 'LRScheduler', 'AveragedModel'];
    expect(classesOf(optim, without).filter((name) => !written.has(name))).toEqual([]);
  });

  it('has a row for every initialiser', () => {
    const names = Object.keys(init).filter((name) => !name.startsWith('calculate'));
    expect(names.filter((name) => !written.has(`init.${name}`))).toEqual([]);
  });

  it('has the rows that are measured, and no other', () => {
    expect([...written].sort()).toEqual([...new Set(parityRows().map(({ subject }) => subject))].sort());
  });
});

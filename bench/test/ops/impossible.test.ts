import { expect, test } from 'vitest';
import { impossibleRates } from '../../src/ops/impossible.ts';
import type { RowResult } from '../../src/ops/ops.ts';
import { machineRows } from '../../src/ops/rows.ts';

/** A machine of 50 GFLOP/s and 20 GB/s. */
const machine = machineRows.map((row): RowResult => {
  if (row.spec.op === 'matmul') return { row, seconds: { 'flambeau 1': [3e-6] } };
  return { row, seconds: { 'plain kernels': [row.flops ? row.flops / 50e9 : row.bytes! / 20e9] } };
});
const conv2 = {
  group: 'notes',
  label: 'conv2',
  spec: { op: 'conv2d', n: 100, c: 6, size: 12, o: 12, kernel: 5 },
  flops: 23_040_000,
} as const;

test('a convolution that is put off, not computed, is named', () => {
  const lazy = { row: conv2, seconds: { 'flambeau 1': [5e-6], 'PyTorch 1': [1e-6] } };
  expect(impossibleRates([...machine, lazy], [1])).toEqual([
    "notes conv2: flambeau 1 can't compute 4608 GFLOP/s; this row times something else",
  ]);
});

test('two threads may do twice as much; who does not know the machine says nothing', () => {
  const seconds = { 'flambeau 1': [0.65e-3], 'flambeau 2': [23.04e-5] };
  expect(impossibleRates([...machine, { row: conv2, seconds }], [1, 2])).toEqual([]);
  expect(impossibleRates([{ row: conv2, seconds: { 'flambeau 1': [1e-9] } }], [1])).toEqual([]);
});

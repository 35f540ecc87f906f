import { expect, test } from 'vitest';
import type { OpsPart } from '../../src/ops/ops.ts';
import { opsTables } from '../../src/report/opsTable.ts';

const row = { group: 'GEMM', label: 'square', spec: { op: 'matmul', m: 10, k: 10, n: 10 }, flops: 2e9 } as const;
const part = (seconds: Record<string, number[]>): OpsPart => ({
  contestants: [
    { name: 'flambeau 1', threads: 1, device: 'simd' },
    { name: 'PyTorch 1', threads: 1, device: 'torch' },
    { name: 'tfjs cpu', device: 'tfjs cpu' },
  ],
  rows: [{ row, seconds }],
});

test('rates by the median, ratios by the pairs, and how much longer the others take', () => {
  const tables = opsTables(
    part({ 'flambeau 1': [0.1, 0.1, 0.4], 'PyTorch 1': [0.2, 0.2, 0.2], 'tfjs cpu': [1, 1, 4] }),
  );
  const cells = tables
    .split('\n')[2]!
    .split('|')
    .map((cell) => cell.trim());
  expect(cells.slice(1, -1)).toEqual(['square', '20.0 GFLOP/s · 100 ms', '10.0 GFLOP/s · 200 ms', '0.50×', '10.0×']);
});

test('who has no such op leaves a dash; who was too slow for rounds is compared by medians', () => {
  const tables = opsTables(part({ 'flambeau 1': [0.1, 0.1, 0.4], 'tfjs cpu': [5] }));
  const cells = tables
    .split('\n')[2]!
    .split('|')
    .map((cell) => cell.trim());
  expect(cells.slice(2, -1)).toEqual(['20.0 GFLOP/s · 100 ms', '—', '—', '50.0×']);
});

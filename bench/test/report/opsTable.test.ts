import { expect, test } from 'vitest';
import type { OpsPart, RowResult } from '../../src/ops/ops.ts';
import { machineRows } from '../../src/ops/rows.ts';
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

test('where the machine was measured, the share of its peak and what bounds the row; its own rows become a sentence', () => {
  const machine = machineRows.map((row): RowResult => {
    if (row.spec.op === 'matmul') return { row, seconds: { 'flambeau 1': [3e-6] } };
    return { row, seconds: { 'plain kernels': [row.flops ? row.flops / 50e9 : row.bytes! / 20e9] } };
  });
  const { contestants } = part({});
  const square = { row: { ...row, bytes: 1e6 }, seconds: { 'flambeau 1': [0.05], 'plain kernels': [0.08] } };
  const plain = { name: 'plain kernels', device: 'plain kernels' };
  const tables = opsTables({ contestants: [...contestants, plain], rows: [...machine, square] });
  expect(tables).toContain('50.0 GFLOP/s with 128-bit vectors');
  expect(tables).toContain('20.0 GB/s through 0.5 MiB, 20.0 GB/s through 8 MiB, 20.0 GB/s through 256 MiB');
  expect(tables).toContain('The smallest op: 3.00 µs.');
  expect(tables).not.toContain('smallest product');
  const [titles, , cells] = tables
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  expect(cells![titles!.indexOf('of peak')]).toBe('80%');
  expect(cells![titles!.indexOf('bound by')]).toBe('arithmetic 80%');
  expect(cells![titles!.indexOf('plain kernels')]).toBe('1.60×');
});

test('ratios to PyTorch and to ONNX Runtime, each on as many threads', () => {
  const [own, torch] = part({}).contestants;
  const names = { 'flambeau 1': [0.1], 'PyTorch 1': [0.2], 'ONNX Runtime 1': [0.05] };
  const onnx = { name: 'ONNX Runtime 1', threads: 1, device: 'ONNX Runtime' };
  const tables = opsTables({ contestants: [own!, torch!, onnx], rows: [{ row, seconds: names }] });
  expect(tables).toContain('ours ÷ PyTorch, 1');
  expect(tables.split('\n')[2]).toMatch(/0\.50× \|\s+2\.00× \|$/);
});

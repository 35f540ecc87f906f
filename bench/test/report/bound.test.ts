import { expect, test } from 'vitest';
import type { RowResult } from '../../src/ops/ops.ts';
import { roofOf } from '../../src/ops/roof.ts';
import { machineRows } from '../../src/ops/rows.ts';
import { boundOf, ofPeak } from '../../src/report/bound.ts';

/** 50 GFLOP/s; 40, 20 and 10 GB/s through 0.5, 8 and 256 MiB; 3 µs a call. */
const rates = [40e9, 20e9, 10e9];
const roof = roofOf(
  machineRows.map((row, index): RowResult => {
    const { spec } = row;
    if (spec.op === 'matmul') return { row, seconds: { 'flambeau 1': [3e-6] } };
    const seconds =
      spec.op === 'multiplyAdd' ? row.flops! / (spec.fused ? 50e9 : 30e9) : row.bytes! / rates[index - 2]!;
    return { row, seconds: { 'plain kernels': [seconds] } };
  }),
)!;

const result = (seconds: number, work: { flops?: number; bytes?: number }): RowResult => ({
  row: { group: 'any', label: 'any', spec: { op: 'matmul', m: 1, k: 1, n: 1 }, ...work },
  seconds: { 'flambeau 1': [seconds] },
});

test('the roof is what the machine rows measured, the better of both peaks', () => {
  expect(roof.flops).toBeCloseTo(50e9, 0);
  expect(roof.streams.map(({ bytes }) => bytes / 2 ** 20)).toEqual([0.5, 8, 256]);
  expect(roof.call).toBe(3e-6);
});

test('the longest of arithmetic, data and call bounds, by its share of the time', () => {
  // 0.5 ms of arithmetic, 25 µs for a megabyte from the second cache.
  expect(boundOf(result(1e-3, { flops: 25e6, bytes: 1e6 / 2 }), roof)).toBe('arithmetic 50%');
  // 2 MB come from the third cache at 20 GB/s: 100 µs.
  expect(boundOf(result(125e-6, { bytes: 2e6 }), roof)).toBe('data 80%');
  // 1 GB from beyond.
  expect(boundOf(result(0.2, { bytes: 1e9 }), roof)).toBe('data 50%');
  expect(boundOf(result(4e-6, { flops: 1000, bytes: 100 }), roof)).toBe('the call 75%');
  expect(boundOf(result(1, {}), roof)).toBe('—');
});

test('where none of them takes half of the time, the kernel bounds itself', () => {
  expect(boundOf(result(2e-3, { flops: 25e6, bytes: 1e6 / 2 }), roof)).toBe('itself (arithmetic 25%)');
});

test('a share of the peak', () => {
  expect(ofPeak(result(1e-3, { flops: 35e6 }), roof)).toBe('70%');
  expect(ofPeak(result(1e-3, { bytes: 8 }), roof)).toBe('—');
});

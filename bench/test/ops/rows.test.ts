import { expect, test } from 'vitest';
import { growthRows, opRows, quickOpRows, seq2seqRows } from '../../src/ops/rows.ts';
import { values } from '../../src/ops/values.ts';

const flopsOf = (label: string) => opRows.find((row) => row.label === label)?.flops;

test('work is counted as multiplications and additions', () => {
  expect(flopsOf('square 384×384×384')).toBe(2 * 384 ** 3);
  // 100 images, 6 channels of 24×24, each of 1·5·5 products.
  expect(flopsOf('conv1 forward')).toBe(2 * 100 * 6 * 24 * 24 * 25);
  expect(flopsOf('conv2 ∂weight')).toBe(2 * 100 * 12 * 8 * 8 * 6 * 25);
  // 64 reviews of 248 windows of 3 words of 100 numbers, 100 filters.
  expect(flopsOf('filters of 3 15872×300×100')).toBe(2 * 64 * 248 * 300 * 100);
  // 6 products of 320 rows, 128 features and 3 gates of 128 units.
  expect(flopsOf('GRU 32 × 10 × 128, all gradients')).toBe(6 * 2 * 320 * 128 * 384);
  expect(flopsOf('context 32 × 1×10×128')).toBe(2 * 32 * 10 * 128);
});

test("a linear layer's gradients are as much work as its forward pass", () => {
  const fc1 = opRows.filter(({ label }) => label.startsWith('fc1'));
  expect(fc1.map(({ flops }) => flops)).toEqual(Array(3).fill(2 * 100 * 192 * 120));
});

test('no two rows are the same, in whole, quick and growing runs', () => {
  for (const rows of [opRows, quickOpRows, growthRows(false), growthRows(true), seq2seqRows(false)]) {
    expect(new Set(rows.map(({ group, label }) => `${group} ${label}`)).size).toBe(rows.length);
  }
});

test('a quick run has rows of the whole one only, among them each convolution', () => {
  expect(opRows).toEqual(expect.arrayContaining([...quickOpRows]));
  expect(seq2seqRows(false)).toEqual(expect.arrayContaining(seq2seqRows(true)));
  expect(quickOpRows.filter(({ spec }) => spec.op.startsWith('conv2d'))).toHaveLength(6);
});

test('about half of the pooled windows have a winner above 0', () => {
  for (const { spec } of opRows) {
    if (spec.op !== 'convReluPool') continue;
    const { c, size, o, kernel, bias } = spec;
    const alive = aliveFraction({ c, size, o, kernel, bias });
    expect(alive).toBeGreaterThan(0.4);
    expect(alive).toBeLessThan(0.6);
  }
  expect.assertions(4);
});

/** Of eight images, straight from the definition. */
function aliveFraction(spec: { c: number; size: number; o: number; kernel: number; bias: number }): number {
  const { c, size, o, kernel, bias } = spec;
  const images = 8;
  const input = values(images * c * size * size, 0);
  const weight = values(o * c * kernel * kernel, 1);
  const convolved = (n: number, k: number, y: number, x: number): number => {
    let sum = bias;
    for (let channel = 0; channel < c; channel++) {
      for (let i = 0; i < kernel * kernel; i++) {
        const pixel = ((n * c + channel) * size + y + Math.floor(i / kernel)) * size + x + (i % kernel);
        sum += input[pixel]! * weight[(k * c + channel) * kernel * kernel + i]!;
      }
    }
    return sum;
  };
  let alive = 0;
  let windows = 0;
  for (let plane = 0; plane < images * o; plane++) {
    const [n, k] = [Math.floor(plane / o), plane % o];
    for (let y = 0; y < size - kernel + 1; y += 2) {
      for (let x = 0; x < size - kernel + 1; x += 2) {
        const window = [
          convolved(n, k, y, x),
          convolved(n, k, y, x + 1),
          convolved(n, k, y + 1, x),
          convolved(n, k, y + 1, x + 1),
        ];
        if (Math.max(...window) > 0) alive++;
        windows++;
      }
    }
  }
  return alive / windows;
}

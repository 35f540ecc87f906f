import { expect, test } from 'vitest';
import { openFlambeau } from '../../src/ops/flambeau.ts';
import { openPlain } from '../../src/ops/plain.ts';
import { type OpSpec, opRows } from '../../src/ops/rows.ts';

const ours = await openFlambeau(1);
const plain = await openPlain();

async function digests(spec: OpSpec): Promise<[number, number]> {
  const [own, first] = [ours.prepare(spec)!, plain.prepare(spec)!];
  const found = [(await own.digest())!, (await first.digest())!] as [number, number];
  own.dispose();
  return found;
}

// 6 × 8 tiles, whole ones and all that is left over.
const products: OpSpec[] = [
  { op: 'matmul', m: 12, k: 5, n: 16 },
  { op: 'matmul', m: 13, k: 7, n: 23, transposeA: true },
  { op: 'matmul', m: 5, k: 9, n: 7, transposeB: true },
  { op: 'matmul', batch: 3, m: 1, k: 10, n: 12 },
];
const convolutions = (['conv2d', 'conv2dBackwardInput', 'conv2dBackwardWeight'] as const).flatMap((op): OpSpec[] => [
  { op, n: 2, c: 1, size: 28, o: 6, kernel: 5 },
  { op, n: 2, c: 6, size: 12, o: 12, kernel: 5 },
  { op, n: 3, c: 7, size: 17, o: 8, kernel: 4 },
  { op, n: 1, c: 2, size: 8, o: 13, kernel: 3 },
]);

test.each([...products, ...convolutions])('the plain kernels compute what ours compute: %j', async (spec) => {
  const [own, first] = await digests(spec);
  expect(first).toBeGreaterThan(0);
  expect(Math.abs(own / first - 1)).toBeLessThan(1e-5);
});

test('every product and every convolution of the tables has its plain kernel', () => {
  for (const { spec } of opRows) {
    if (spec.op === 'matmul' || spec.op === 'conv2d') expect(plain.prepare(spec), spec.op).toBeDefined();
  }
});

test("the peak's loop ends where its chains meet, so they are computed", async () => {
  expect(await plain.prepare({ op: 'multiplyAdd', rounds: 100, fused: false })!.digest()).toBe(0.5);
  const fused = plain.prepare({ op: 'multiplyAdd', rounds: 100, fused: true });
  if (fused !== undefined) expect(await fused.digest()).toBe(0.5);
});

test('the stream reads each number and writes it, one larger', async () => {
  expect(await plain.prepare({ op: 'stream', floats: 4096 })!.digest()).toBe(1.5);
});

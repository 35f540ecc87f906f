import { afterAll, expect, test } from 'vitest';
import { typescript } from '../../src/children/commands.ts';
import { LineChild } from '../../src/children/lineChild.ts';
import type { OpHello, OpMeasured, OpPrepared } from '../../src/ops/protocol.ts';
import type { OpSpec } from '../../src/ops/rows.ts';

const ours = new LineChild('ours', typescript('ops/server.ts', ['flambeau', 1]));
const theirs = new LineChild('tfjs', typescript('ops/server.ts', ['tfjs-cpu']));
const hellos = Promise.all([ours.next<OpHello>(), theirs.next<OpHello>()]);
afterAll(() => Promise.all([ours.kill(), theirs.kill()]));

const prepare = async (child: LineChild, spec: OpSpec) => {
  await hellos;
  return child.ask<OpPrepared>({ do: 'prepare', spec });
};

test('says what it runs on', async () => {
  const [own, other] = await hellos;
  expect(own?.device).toMatch(/WebAssembly (relaxed )?SIMD/);
  expect(other?.device).toBe('tfjs cpu');
});

const shared: OpSpec[] = [
  { op: 'matmul', m: 5, k: 7, n: 3 },
  { op: 'matmul', m: 5, k: 7, n: 3, transposeA: true },
  { op: 'matmul', m: 5, k: 7, n: 3, transposeB: true },
  { op: 'matmul', batch: 2, m: 5, k: 7, n: 3 },
  { op: 'conv2d', n: 2, c: 3, size: 8, o: 4, kernel: 3 },
  { op: 'conv2dBackwardInput', n: 2, c: 3, size: 8, o: 4, kernel: 3 },
  { op: 'conv2dBackwardWeight', n: 2, c: 3, size: 8, o: 4, kernel: 3 },
  { op: 'convReluPool', n: 2, c: 3, size: 8, o: 4, kernel: 3, bias: -0.5, inputGradient: true },
  { op: 'convReluPoolBackward', n: 2, c: 3, size: 8, o: 4, kernel: 3, bias: -0.5, inputGradient: true },
  { op: 'convReluPoolBackward', n: 2, c: 3, size: 8, o: 4, kernel: 3, bias: -0.5, inputGradient: false },
  { op: 'inference', batch: 3 },
  { op: 'maxPool2d', n: 2, c: 3, size: 6 },
  { op: 'maxPool2dBackward', n: 2, c: 3, size: 6 },
  { op: 'crossEntropy', n: 6, classes: 10 },
  { op: 'batchNorm', shape: [4, 3, 5, 5] },
  { op: 'batchNorm', shape: [8, 3] },
];

test.each(shared)('ours computes what TensorFlow.js computes: %j', async (spec) => {
  const [own, other] = await Promise.all([prepare(ours, spec), prepare(theirs, spec)]);
  expect(own.digest).toBeGreaterThan(0);
  expect(Math.abs(own.digest! / other.digest! - 1)).toBeLessThan(1e-5);
});

test('measures what it has prepared', async () => {
  await prepare(ours, { op: 'adam', fused: false });
  const measured = await ours.ask<OpMeasured>({ do: 'measure', settle: 0.001, seconds: 0.001, slow: 0.5 });
  expect(measured.calls).toBeGreaterThanOrEqual(5);
  expect(measured.secondsPerCall).toBeGreaterThan(0);
});

test('a slow call runs once', async () => {
  await prepare(ours, { op: 'trainStep', batch: 4, size: 28 });
  expect(await ours.ask<OpMeasured>({ do: 'measure', settle: 1, seconds: 1, slow: 0 })).toMatchObject({ calls: 1 });
});

test("a step's first loss is PyTorch's after the same seed", async () => {
  // pytorch/ops.py with the same spec.
  const { digest } = await prepare(ours, { op: 'trainStep', batch: 10, size: 28 });
  expect(Math.abs(digest! / 2.31290602684021 - 1)).toBeLessThan(1e-5);
});

test('who has no such op says so and goes on', async () => {
  expect((await prepare(theirs, { op: 'trainStep', batch: 1, size: 28 })).unsupported).toContain('has no trainStep');
  expect((await prepare(theirs, { op: 'matmul', m: 2, k: 2, n: 2 })).digest).toBeGreaterThan(0);
});

test("TensorFlow.js's layers learn the same on our backend as on its own", async () => {
  const [simd, cpu] = ['simd', 'cpu'].map((backend) => {
    return new LineChild(backend, typescript('ops/server.ts', ['layers', backend, ...(backend === 'simd' ? [1] : [])]));
  });
  try {
    const spec: OpSpec = { op: 'layersFit', batch: 2, steps: 3 };
    const hellos = await Promise.all([simd!.next<OpHello>(), cpu!.next<OpHello>()]);
    expect(hellos.map((hello) => hello?.device)).toEqual(['tf.layers on simd-1', 'tf.layers on cpu']);
    const [own, other] = await Promise.all([simd, cpu].map((child) => child!.ask<OpPrepared>({ do: 'prepare', spec })));
    expect(own!.digest).toBeGreaterThan(0);
    expect(Math.abs(own!.digest! / other!.digest! - 1)).toBeLessThan(1e-4);
  } finally {
    await Promise.all([simd!.kill(), cpu!.kill()]);
  }
});

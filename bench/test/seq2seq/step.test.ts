import { createBackend, setDefaultBackend } from '@flambeau/core';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { trainSeq2Seq } from '../../src/seq2seq/step.ts';

beforeAll(async () => setDefaultBackend(await createBackend('simd', { threads: 1 })));

const size = { batch: 3, length: 4, hidden: 5, sourceWords: 11, targetWords: 7 };

test('an untrained translator guesses among its words, and learns', async () => {
  const op = trainSeq2Seq(size);
  const first = (await op.digest())!;
  expect(first).toBeCloseTo(Math.log(7), 0);
  for (let step = 0; step < 50; step++) op.run();
  expect((await op.digest())!).toBeLessThan(first);
  op.dispose();
});

test('a step leaves no tensor behind', () => {
  const before = memory().numTensors;
  const op = trainSeq2Seq(size);
  op.run();
  const during = memory().numTensors;
  for (let step = 0; step < 3; step++) op.run();
  expect(memory().numTensors).toBe(during);
  op.dispose();
  expect(memory().numTensors).toBe(before);
});

import { createBackend, data, hostArray, manualSeed, optim, setDefaultBackend } from '@flambeau/core';
import { ImageClassificationDataset } from '@flambeau/datasets';
import { NotesCnn } from '@flambeau/vision';
import { beforeAll, expect, it } from 'vitest';
import { evaluateOnTest } from '../src/training/evaluateOnTest.ts';
import { ImageTrainer } from '../src/training/imageTrainer.ts';

beforeAll(async () => setDefaultBackend(await createBackend('simd')));

const dataset = new ImageClassificationDataset(
  hostArray(
    'uint8',
    [40, 28, 28],
    Uint8Array.from({ length: 40 * 784 }, (_, i) => (i * 7919) % 256),
  ),
  hostArray(
    'uint8',
    [40],
    Uint8Array.from({ length: 40 }, (_, i) => i % 10),
  ),
  Array.from({ length: 10 }, (_, i) => `class ${i}`),
);

it("keeps what the last epoch's evaluation found, class by class, so that it need not be made again", async () => {
  manualSeed(0);
  const model = new NotesCnn();
  let evaluations = 0;
  model.registerForwardHook(() => {
    if (!model.training) evaluations++;
  });
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.001 });
  const trainer = new ImageTrainer({ model, optimizer }, dataset.classes);
  expect(trainer.lastEvaluation).toBeUndefined();
  const [, last] = await trainer.fit(new data.DataLoader(dataset, { batchSize: 20 }), {
    epochs: 2,
    validation: new data.DataLoader(dataset, { batchSize: 40 }),
  });
  expect(evaluations).toBe(2);
  const found = trainer.lastEvaluation!;
  expect(last!.validation).toMatchObject({ accuracy: found.accuracy, loss: found.loss, examples: 40 });
  expect(found).toEqual(await evaluateOnTest(model, dataset));
  expect(found.confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(40);
});

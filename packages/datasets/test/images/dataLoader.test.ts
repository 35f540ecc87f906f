import { createBackend, data } from '@flambeau/core';
import { ImageClassificationDataset } from '@flambeau/datasets';
import { expect, it } from 'vitest';

it('a DataLoader goes through it in batches, and through a Subset of it', async () => {
  const images = { dtype: 'uint8' as const, shape: [3, 1, 2], data: Uint8Array.of(0, 255, 1, 2, 51, 102) };
  const labels = { dtype: 'uint8' as const, shape: [3], data: Uint8Array.of(2, 0, 1) };
  const dataset = new ImageClassificationDataset(images, labels, ['coat', 'bag', 'shirt']);
  const backend = await createBackend('cpu');
  const seen: unknown[] = [];
  for await (const [x, y] of new data.DataLoader(dataset, { batchSize: 2, backend })) {
    seen.push([x.shape, await x.data(), y.dtype, await y.data()]);
  }
  for await (const [x, y] of new data.DataLoader(new data.Subset(dataset, [2]), { backend })) {
    seen.push([x.shape, await x.data(), y.dtype, await y.data()]);
  }
  expect(seen).toEqual([
    [[2, 1, 1, 2], Float32Array.of(0, 1, 1 / 255, 2 / 255), 'int32', Int32Array.of(2, 0)],
    [[1, 1, 1, 2], Float32Array.of(0.2, 0.4), 'int32', Int32Array.of(1)],
    [[1, 1, 1, 2], Float32Array.of(0.2, 0.4), 'int32', Int32Array.of(1)],
  ]);
});

import { data, manualSeed, optim, Trainer } from '@flambeau/core';
import type { ImageClassificationDataset } from '@flambeau/datasets';
import { NotesCnn } from '@flambeau/vision';
import type { EpochLine } from './lines.ts';

/** The notes' training as the packages ship it: model, loader and loop. Runs in Node and in a browser. */
export async function trainShipped(
  examples: ImageClassificationDataset,
  epochs: number,
  emit: (line: EpochLine) => void,
): Promise<void> {
  manualSeed(0);
  const model = new NotesCnn();
  const trainer = new Trainer({
    model,
    optimizer: new optim.Adam(model.parameters(), { lr: 0.01 }),
    callbacks: [
      { onEpochEnd: ({ epoch, seconds, trainLoss }) => void emit({ event: 'epoch', epoch, seconds, trainLoss }) },
    ],
  });
  await trainer.fit(new data.DataLoader(examples, { batchSize: 100, shuffle: true }), { epochs });
}

import { describe, expect, it } from 'vitest';
import { createBackend } from '../../src/backend/createBackend.ts';
import * as data from '../../src/data/index.ts';
import * as nn from '../../src/nn/index.ts';
import * as optim from '../../src/optim/index.ts';
import { manualSeed } from '../../src/random/defaultGenerator.ts';
import { hostArray } from '../../src/tensor/hostArray.ts';
import { Trainer } from '../../src/training/index.ts';
import { webgpuOrReason } from '../conformance/webgpu.ts';

const noWebgpu = await webgpuOrReason();

const STEPS = 12;

/** Examples of 4 numbers, the first number of example 5 being `broken`. */
function examples(broken: number) {
  const input = Float32Array.from({ length: 4 * STEPS }, (_, i) => Math.sin(i));
  input[4 * 5] = broken;
  return new data.TensorDataset(
    hostArray('float32', [STEPS, 4], input),
    hostArray('int32', [STEPS], new Int32Array(STEPS)),
  );
}

describe.each(['simd', 'cpu', 'webgpu'])('a loss that is no number, on %s', (name) => {
  it.skipIf(name === 'webgpu' && noWebgpu !== '').each([
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
  ])('is named by its step: %s among the inputs', async (_, broken) => {
    const backend = await createBackend(name);
    manualSeed(4);
    const model = new nn.Linear(4, 3, { backend });
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    const loader = new data.DataLoader(examples(broken), { batchSize: 1, backend });
    const trainer = new Trainer({ model, optimizer });
    // Infinite logits give NaN or an infinite loss, by their signs.
    await expect(trainer.fit(loader, { epochs: 1 })).rejects.toThrow(
      /^the loss became (NaN|-?Infinity) in epoch 0 at step 6: lower the learning rate$/,
    );
    optimizer.dispose();
    model.dispose();
  });

  it.skipIf(name === 'webgpu' && noWebgpu !== '')('ends a training whose steps are too large', async () => {
    const backend = await createBackend(name);
    manualSeed(4);
    const model = new nn.Linear(4, 3, { backend });
    const optimizer = new optim.SGD(model.parameters(), { lr: Number.MAX_VALUE });
    const loader = new data.DataLoader(examples(0), { batchSize: 1, backend });
    const attempt = new Trainer({ model, optimizer }).fit(loader, { epochs: 2 });
    await expect(attempt).rejects.toThrow(/^the loss became (NaN|-?Infinity) in epoch 0 at step \d+: /);
    optimizer.dispose();
    model.dispose();
  });
});

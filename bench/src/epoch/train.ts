/*
 * Whole epochs of the notes' CNN by this library, in a process of its own. Prints what `pytorch/notes_epoch.py` prints:
 * what ran, one line per epoch, and a summary.
 *
 *     node --conditions=@flambeau/source --import tsx bench/src/epoch/train.ts '{"variant":"plain","threads":1,"epochs":2}'
 */

import { simdThreadCount } from '@flambeau/backend-simd';
import {
  createBackend,
  data,
  functional as F,
  type LabelledBatches,
  manualSeed,
  metrics,
  optim,
  setDefaultBackend,
} from '@flambeau/core';
import { loadFashionMnist } from '@flambeau/datasets/node';
import type { EpochLine, EpochRequest } from './lines.ts';
import { PlainCnn } from './plainCnn.ts';
import { trainShipped } from './shipped.ts';

const { variant, threads, epochs, limit, dataDir } = JSON.parse(process.argv[2]!) as EpochRequest;
const emit = (line: EpochLine) => process.stdout.write(`${JSON.stringify(line)}\n`);

const backend = await createBackend('simd', { threads });
setDefaultBackend(backend);
const { train } = await loadFashionMnist({ dataDir, limit, download: false });
emit({ event: 'start', device: backend.device, threads: simdThreadCount(threads), trainExamples: train.length });

if (variant === 'shipped') await trainShipped(train, epochs, emit);
else await trainPlainly(train);
// Node gives KiB on every system.
emit({ event: 'done', peakBytes: process.resourceUsage().maxRSS * 1024 });
process.stdout.write('', () => process.exit());

/** The loop as PyTorch's users write it, the loss and the count read at every step. */
async function trainPlainly(examples: typeof train) {
  manualSeed(0);
  const model = new PlainCnn();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const loader = new data.DataLoader(examples, { batchSize: 100, shuffle: true });
  for (let epoch = 0; epoch < epochs; epoch++) {
    let totalLoss = 0;
    let batches = 0;
    const start = performance.now();
    for await (const [images, labels] of loader as LabelledBatches) {
      const { loss, logits } = optimizer.minimize(() => {
        const logits = model.forward(images);
        return { loss: F.crossEntropy(logits, labels), logits };
      });
      const right = metrics.correct(logits, labels);
      totalLoss += (await loss.data())[0]!;
      await right.data();
      for (const tensor of [loss, logits, right]) tensor.dispose();
      batches++;
    }
    emit({ event: 'epoch', epoch, seconds: (performance.now() - start) / 1000, trainLoss: totalLoss / batches });
  }
}

import { readFileSync } from 'node:fs';
import { functional as F, manualSeed, optim } from '@flambeau/core';
import { TextCnn } from '@flambeau/text';
import { dispose, tensor } from '@tensorflow/tfjs-core';
import type { PreparedOp } from '../ops/protocol.ts';
import { classes, digest } from '../ops/values.ts';
import { PlainTextCnn } from './plainTextCnn.ts';
import { TEXT, wordsOf, zipfWords } from './words.ts';

/** A training step of the notes' TextCNN, on one batch after the other; the digest is the first step's loss. */
export function textStep({ written, words }: { written: 'plainly' | 'as shipped'; words: string }): PreparedOp {
  const { batch, length, vocabulary, width, heights, filters } = TEXT;
  manualSeed(0);
  const model =
    written === 'plainly'
      ? new PlainTextCnn(vocabulary, width, heights, filters)
      : new TextCnn(vocabulary, width, { filterSizes: heights, numFilters: filters });
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.001 });
  const texts = words === 'zipf' ? zipfWords() : wordsOf(readFileSync(words));
  const size = batch * length;
  const batches = Array.from({ length: texts.length / size }, (_, i) =>
    tensor(texts.slice(i * size, (i + 1) * size), [batch, length], 'int32'),
  );
  const targets = tensor(Float32Array.from(classes(batch, 2)), [batch, 1]);
  let turn = 0;
  const step = () => {
    const texts = batches[turn++ % batches.length]!;
    return optimizer.minimize(() => F.binaryCrossEntropyWithLogits(model.forward(texts), targets));
  };
  return {
    run: () => step().dispose(),
    async digest() {
      const loss = step();
      const data = await loss.data();
      loss.dispose();
      return digest(data);
    },
    dispose() {
      dispose([targets, ...batches]);
      optimizer.dispose();
      model.dispose();
    },
  };
}

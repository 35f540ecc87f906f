import { createSeq2Seq } from '@flambeau/attention';
import { functional as F, manualSeed, optim } from '@flambeau/core';
import { concat, dispose, reshape, slice, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import type { PreparedOp } from '../ops/protocol.ts';
import type { Seq2SeqSize } from '../ops/rows.ts';
import { classes, digest } from '../ops/values.ts';

/** A training step of the tutorial's translator: every place counts in its loss, as there. */
export function trainSeq2Seq({ batch, length, hidden, sourceWords, targetWords }: Seq2SeqSize): PreparedOp {
  manualSeed(0);
  const model = createSeq2Seq(
    { attention: 'bahdanau', hiddenSize: hidden },
    { source: sourceWords, target: targetWords },
  );
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.001 });
  const ids = (words: number) => tensor(classes(batch * length, words), [batch, length], 'int32');
  const [source, target] = [ids(sourceWords), ids(targetWords)];
  // The word before the first is 0, SOS; it is no embedding's padding.
  const input = tidy(() => concat([zeros([batch, 1], 'int32'), slice(target, [0, 0], [batch, length - 1])], 1));
  const step = () =>
    optimizer.minimize(() => {
      const { logits } = model.forward({ source, sourceLengths: null, input });
      return F.crossEntropy(reshape(logits, [-1, targetWords]), reshape(target, [-1]));
    });
  return {
    run: () => step().dispose(),
    async digest() {
      const loss = step();
      const data = await loss.data();
      loss.dispose();
      return digest(data);
    },
    dispose() {
      dispose([source, target, input]);
      optimizer.dispose();
      model.dispose();
    },
  };
}

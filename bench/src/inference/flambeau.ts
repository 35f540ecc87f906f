import { tidy } from '@flambeau/core';
import { NotesCnn } from '@flambeau/vision';
import { make } from '../ops/flambeauKernels.ts';
import type { PreparedOp } from '../ops/protocol.ts';
import { digest } from '../ops/values.ts';
import { notesCnnWeights } from './weights.ts';

/** The logits of a batch, read. */
export function predictWithFlambeau(batch: number): PreparedOp {
  const model = new NotesCnn();
  const parameters = notesCnnWeights().map(({ name, shape, data }) => {
    return [name, { dtype: 'float32', shape: [...shape], data }] as const;
  });
  model.loadStateDict(Object.fromEntries(parameters));
  model.eval();
  const images = make([batch, 1, 28, 28], 0);
  const predict = async () => {
    const logits = tidy(() => model.forward(images));
    const data = await logits.data();
    logits.dispose();
    return data;
  };
  return {
    run: async () => void (await predict()),
    digest: async () => digest(await predict()),
    dispose() {
      images.dispose();
      model.dispose();
    },
  };
}

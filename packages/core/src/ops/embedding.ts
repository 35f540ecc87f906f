import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { defineOp } from './op.ts';

/** Attributes of {@link embedding}. */
export interface EmbeddingAttributes {
  /** The row that gets no gradient; −1 for none. */
  readonly paddingIdx: number;
}

/** Rows of a table: weight `[V, D]`, indices int32 `[M]` → `[M, D]`. */
export const embedding = defineOp<{ weight: Tensor; indices: Tensor }, EmbeddingAttributes>({
  name: 'flambeau::embedding',
  outputs: 1,
  composed: ({ weight, indices }) => [tf.gather(weight, indices as Tensor1D)],
  saved: ({ weight, indices }) => [weight, indices],
  gradient: (gradOutput, [weight, indices], { paddingIdx }) => ({
    weight: () => embeddingBackward({ gradOutput, indices }, { paddingIdx, numEmbeddings: weight.shape[0] })[0],
  }),
});

/** ∂L/∂weight of {@link embedding}, `[V, D]`: each row the sum of the gradients of its places, and 0 for the padding's. */
export const embeddingBackward = defineOp<
  { gradOutput: Tensor; indices: Tensor },
  EmbeddingAttributes & { readonly numEmbeddings: number }
>({
  name: 'flambeau::embedding_backward',
  outputs: 1,
  composed({ gradOutput, indices }, { paddingIdx, numEmbeddings }) {
    const kept = tf.reshape(tf.notEqual(indices, tf.scalar(paddingIdx, 'int32')), [-1, 1]);
    const gradients = tf.mul(gradOutput, tf.cast(kept, 'float32'));
    const width = gradOutput.shape[1]!;
    return [tf.scatterND(tf.reshape(indices, [-1, 1]), gradients, [numEmbeddings, width])];
  },
});

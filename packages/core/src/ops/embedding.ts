import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { defineOp } from './op.ts';

/** Attributes of {@link embedding}. */
export interface EmbeddingAttributes {
  /** The row that gets no gradient; −1 for none. */
  readonly paddingIdx: number;
}

/** Rows of a table: weight `[V, D]`, indices int32 `[M]` → `[M, D]`. */
export const embedding = defineOp<
  { weight: Tensor; indices: Tensor },
  EmbeddingAttributes & {
    /** Divides the gradient of each place by how often its row is looked up. Default false. */
    readonly scaleGradByFreq?: boolean;
  }
>({
  name: 'flambeau::embedding',
  outputs: 1,
  composed: ({ weight, indices }) => [tf.gather(weight, indices as Tensor1D)],
  saved: ({ weight, indices }) => [weight, indices],
  gradient: (gradOutput, [weight, indices], { paddingIdx, scaleGradByFreq }) => ({
    weight() {
      const numEmbeddings = weight.shape[0];
      const shares = scaleGradByFreq ? tf.div(gradOutput, frequencies(indices, numEmbeddings)) : gradOutput;
      return embeddingBackward({ gradOutput: shares, indices }, { paddingIdx, numEmbeddings })[0];
    },
  }),
});

/** How often each of the indices is among them, `[M, 1]`. */
function frequencies(indices: Tensor, numEmbeddings: number): Tensor {
  const counts = tf.scatterND(tf.reshape(indices, [-1, 1]), tf.ones([indices.size]), [numEmbeddings]);
  return tf.reshape(tf.gather(counts, indices as Tensor1D), [-1, 1]);
}

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

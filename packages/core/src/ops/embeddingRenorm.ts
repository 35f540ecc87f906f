import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { InPlaceOp } from './inPlace.ts';

/** Attributes of {@link embeddingRenorm_}. */
export interface EmbeddingRenormAttributes {
  /** What a row's norm may be at most. */
  readonly maxNorm: number;
  /** The p of the p-norm; infinity for the largest absolute value. */
  readonly normType: number;
}

interface EmbeddingRenormInputs {
  /** `[V, D]`. */
  readonly weight: Variable;
  /** int32 `[M]`. */
  readonly indices: Tensor;
}

/**
 * Scales down, in place, those of the rows looked up whose norm is above `maxNorm`, to that norm; the others stay bit for bit.
 *
 * Source: `torch.embedding_renorm_`, whose 1e-7 this has.
 */
export const embeddingRenorm_: InPlaceOp<EmbeddingRenormInputs, EmbeddingRenormAttributes> = {
  name: 'flambeau::embedding_renorm_',
  named: ({ weight, indices }) => ({ weight, indices }),
  composed({ weight, indices }, { maxNorm, normType }) {
    tf.tidy(() => {
      const rows = tf.gather(weight, indices as Tensor1D);
      const norms = normOfRows(rows, normType);
      const scales = tf.where(tf.greater(norms, maxNorm), tf.div(maxNorm, tf.add(norms, 1e-7)), tf.onesLike(norms));
      // A row that is looked up twice is written twice, the same numbers.
      const places = tf.reshape(indices, [-1, 1]);
      weight.assign(tf.tensorScatterUpdate(weight, places, tf.mul(rows, scales)));
    });
  },
};

/** The p-norm of each row, `[M, 1]`. */
function normOfRows(rows: Tensor, p: number): Tensor {
  const sizes = tf.abs(rows);
  if (p === Number.POSITIVE_INFINITY) return tf.max(sizes, 1, true);
  if (p === 2) return tf.sqrt(tf.sum(tf.square(rows), 1, true));
  return tf.pow(tf.sum(tf.pow(sizes, p), 1, true), 1 / p);
}

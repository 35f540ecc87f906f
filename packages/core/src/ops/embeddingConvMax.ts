import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { EmbeddingAttributes } from './embedding.ts';
import { defineOp } from './op.ts';

/** `ids`, `table`, and for each filter height numbered from 0 on `weight0`, `bias0`, … */
export type EmbeddingConvMaxInputs = Readonly<Record<string, Tensor>>;

/** Attributes of the ops of this file. */
export interface EmbeddingConvMaxAttributes extends EmbeddingAttributes {
  /** How many pairs of weight and bias there are. */
  readonly count: number;
}

/**
 * What a TextCNN does to its words: ids int32 `[N, L]`, table `[V, E]`, weights `[Fᵢ, 1, Kᵢ, E]`, biases `[Fᵢ]` → output
 * `[N, ΣFᵢ]`, for each filter max(0, maxₜ (bias + Σₖ weight(k) · table(ids(t + k)))), and, as int32 of the same shape, the
 * t that won: the first of equal ones (the last of NaN), −1 where the ReLU let none through.
 */
export const embeddingConvMax = defineOp<EmbeddingConvMaxInputs, EmbeddingConvMaxAttributes>({
  name: 'flambeau::embedding_conv_max',
  outputs: 1,
  composed(inputs, { count }) {
    const { ids, table } = inputs;
    const words = tf.gather(table, tf.reshape(ids, [-1]) as Tensor1D);
    const rows = tf.reshape(words, [ids.shape[0], ids.shape[1]!, 1, table.shape[1]!]) as Tensor4D;
    const perHeight = filters(inputs, count).map(({ weight, bias }) => {
      const kernel = tf.transpose(weight, [2, 1, 3, 0]) as Tensor4D;
      const convolved = tf.add(tf.squeeze(tf.conv2d(rows, kernel, 1, 'valid') as Tensor4D, [2]), bias);
      return maxOverTime(tf.relu(convolved));
    });
    return [0, 1].map((output) =>
      tf.concat(
        perHeight.map((pair) => pair[output]),
        1,
      ),
    );
  },
  saved: (inputs, [, indices]) => [indices, inputs.ids, inputs.table, ...filters(inputs).map(({ weight }) => weight)],
  gradient(gradOutput, [indices, ids, table, ...weights], { count, paddingIdx }) {
    const shared = { gradOutput, indices, ids };
    const named = Object.fromEntries(weights.map((weight, i) => [`weight${i}`, weight]));
    const filterShapes = weights.map((weight) => weight.shape);
    // One pass gives them all; what is not asked for is freed with the rest of the backward pass.
    const ofFilters = embeddingConvMaxBackwardFilters({ ...shared, table }, { count, filterShapes }, 2 * count);
    const gradients: Record<string, () => Tensor> = {
      table: () =>
        embeddingConvMaxBackwardTable({ ...shared, ...named }, { count, paddingIdx, numEmbeddings: table.shape[0] })[0],
    };
    for (let i = 0; i < count; i++) {
      gradients[`weight${i}`] = () => ofFilters[i];
      gradients[`bias${i}`] = () => ofFilters[count + i];
    }
    return gradients;
  },
});

/**
 * ∂L/∂table of {@link embeddingConvMax}, `[V, E]`: the words of each window that won get their row of the filter, times the
 * gradient; the padding's row gets none.
 */
export const embeddingConvMaxBackwardTable = defineOp<
  EmbeddingConvMaxInputs,
  EmbeddingConvMaxAttributes & { readonly numEmbeddings: number }
>({
  name: 'flambeau::embedding_conv_max_backward_table',
  outputs: 1,
  composed(inputs, { count, paddingIdx, numEmbeddings }) {
    const { gradOutput, indices, ids } = inputs;
    const weights = Array.from({ length: count }, (_, i) => inputs[`weight${i}`]);
    const words: Tensor[] = [];
    const gradients: Tensor[] = [];
    winners(gradOutput, indices, weights).forEach(({ gradient, first }, i) => {
      const [outputs, , height, width] = weights[i].shape as number[];
      for (let k = 0; k < height; k++) {
        const word = tf.reshape(wordsAt(ids, first, k), [-1]);
        const row = tf.slice(weights[i], [0, 0, k, 0], [outputs, 1, 1, width]);
        const kept = tf.reshape(tf.cast(tf.notEqual(word, tf.scalar(paddingIdx, 'int32')), 'float32'), [-1, 1]);
        const spread = tf.mul(tf.expandDims(gradient, 2), tf.reshape(row, [1, outputs, width]));
        words.push(word);
        gradients.push(tf.mul(tf.reshape(spread, [-1, width]), kept));
      }
    });
    const places = tf.reshape(tf.concat(words), [-1, 1]);
    return [tf.scatterND(places, tf.concat(gradients), [numEmbeddings, weights[0].shape[3]!])];
  },
});

/**
 * ∂L/∂weight and ∂L/∂bias of {@link embeddingConvMax}, shaped `filterShapes`: first all weights, then all biases. A filter's
 * gradient is the sum of the windows that it won with, times the gradient.
 */
export const embeddingConvMaxBackwardFilters = defineOp<
  { gradOutput: Tensor; indices: Tensor; ids: Tensor; table: Tensor },
  { readonly count: number; readonly filterShapes: readonly (readonly number[])[] }
>({
  name: 'flambeau::embedding_conv_max_backward_filters',
  outputs: 2,
  composed({ gradOutput, indices, ids, table }, { filterShapes }) {
    const all = winners(
      gradOutput,
      indices,
      filterShapes.map((shape) => ({ shape })),
    );
    const weights = all.map(({ gradient, first }, i) => {
      const [outputs, , height, width] = filterShapes[i];
      const rows = Array.from({ length: height }, (_, k) => {
        const word = tf.reshape(wordsAt(ids, first, k), [-1]) as Tensor1D;
        const windows = tf.reshape(tf.gather(table, word), [-1, outputs, width]);
        return tf.sum(tf.mul(windows, tf.expandDims(gradient, 2)), 0);
      });
      return tf.reshape(tf.stack(rows, 1), [...filterShapes[i]]);
    });
    return [...weights, ...all.map(({ gradient }) => tf.sum(gradient, 0))];
  },
});

/** The pairs of weight and bias among the inputs. */
function filters(inputs: EmbeddingConvMaxInputs, count = Number.POSITIVE_INFINITY): { weight: Tensor; bias: Tensor }[] {
  const pairs: { weight: Tensor; bias: Tensor }[] = [];
  for (let i = 0; i < count && inputs[`weight${i}`] !== undefined; i++) {
    pairs.push({ weight: inputs[`weight${i}`], bias: inputs[`bias${i}`] });
  }
  return pairs;
}

/** The largest of `[N, T, F]` (nothing negative) along T, and the first t where it stands, the last of NaN; −1 where it is 0. */
function maxOverTime(rectified: Tensor): [Tensor, Tensor] {
  const steps = rectified.shape[1]!;
  const largest = tf.max(rectified, 1, true);
  const time = tf.reshape(tf.range(0, steps), [1, -1, 1]);
  const first = tf.min(tf.where(tf.equal(rectified, largest), time, tf.fill([1, 1, 1], steps)), 1);
  const lastNaN = tf.max(tf.where(tf.isNaN(rectified), time, tf.fill([1, 1, 1], -1)), 1);
  const output = tf.squeeze(largest, [1]);
  const index = tf.where(tf.isNaN(output), lastNaN, tf.where(tf.lessEqual(output, 0), tf.fill([1, 1], -1), first));
  return [output, tf.cast(index, 'int32')];
}

/** For each filter height the gradient of its outputs `[N, Fᵢ]`, 0 where nobody won, and where the winning window begins. */
function winners(
  gradOutput: Tensor,
  indices: Tensor,
  weights: readonly { readonly shape: readonly number[] }[],
): { gradient: Tensor; first: Tensor }[] {
  const nobody = tf.less(indices, tf.scalar(0, 'int32'));
  const sizes = weights.map(({ shape }) => shape[0]);
  const gradients = tf.split(tf.where(nobody, tf.zerosLike(gradOutput), gradOutput), sizes, 1);
  const firsts = tf.split(tf.maximum(indices, tf.scalar(0, 'int32')), sizes, 1);
  return gradients.map((gradient, i) => ({ gradient, first: firsts[i] }));
}

/** The words `k` places after the beginnings of windows `[N, F]` in ids `[N, L]`. */
function wordsAt(ids: Tensor, first: Tensor, k: number): Tensor {
  const [batch, length] = ids.shape as [number, number];
  const starts = tf.range(k, batch * length + k, length, 'int32');
  const places = tf.add(first, tf.reshape(starts, [-1, 1]));
  return tf.gather(tf.reshape(ids, [-1]) as Tensor1D, tf.reshape(places, [-1]) as Tensor1D);
}

import { functional as F, hostArray, type Tensor, tidy, toHost } from '@flambeau/core';
import type { TextCnn } from '../models/textCnn.ts';

/** What one filter found. */
export interface FilterEvidence {
  readonly size: number;
  readonly index: number;
  /** The first word of the window that won; at or beyond the text's end it saw padding only. */
  readonly start: number;
  /** The filter's answer there, after ReLU. */
  readonly activation: number;
  /** Each class's share: activation · fc.weight. */
  readonly contributions: readonly number[];
  /** How the answer is shared out among the window's words; sums to 1. */
  readonly shares: readonly number[];
}

/**
 * What each filter of a TextCNN found in a text, computed anew on the host: the window that won, its activation, and what
 * it adds to each logit. Together with `fc.bias` the contributions are the logits.
 *
 * A window's contribution is shared out among its words by how much each has raised the filter's answer.
 *
 * @param ids - the text's words, without padding.
 */
export async function cnnEvidence(
  model: TextCnn,
  ids: Int32Array,
): Promise<{ filters: FilterEvidence[]; bias: readonly number[] }> {
  const { paddingIdx, widest } = model;
  // Padding after the text, as batches have it: a filter may win there.
  const padded = new Int32Array(ids.length + widest).fill(paddingIdx);
  padded.set(ids);
  const { backend } = model;
  const read = async (f: () => Tensor) => {
    const tensor = backend.run(() => tidy(() => f().clone()));
    try {
      return (await toHost(tensor)).data as Float32Array;
    } finally {
      tensor.dispose();
    }
  };
  const vectors = await read(() =>
    F.embedding(backend.tensor(hostArray('int32', [padded.length], padded)), model.table()),
  );
  const width = vectors.length / padded.length;
  const classes = await read(() => model.fc.weight);
  const bias = await read(() => model.fc.bias!);
  const total = model.fc.inFeatures;
  const filters: FilterEvidence[] = [];
  for (const conv of model.convs) {
    const [count, , height] = conv.weight.shape as [number, number, number, number];
    const weights = await read(() => model.filters(conv));
    const biases = await read(() => conv.bias!);
    for (let index = 0; index < count; index++) {
      const filter = weights.subarray(index * height * width, (index + 1) * height * width);
      const winner = bestWindow(vectors, padded.length, width, filter, height, biases[index]!);
      const feature = filters.length;
      filters.push({
        size: height,
        index,
        start: winner.start,
        activation: winner.activation,
        contributions: Array.from(bias, (_, c) => winner.activation * classes[c * total + feature]!),
        shares: winner.shares,
      });
    }
  }
  return { filters, bias: Array.from(bias) };
}

/** The window in which a filter answers most, the first of equal ones. */
function bestWindow(
  vectors: Float32Array,
  length: number,
  width: number,
  filter: Float32Array,
  height: number,
  bias: number,
): { start: number; activation: number; shares: number[] } {
  // products[k][t]: what word t adds in the filter's row k.
  const products = Array.from({ length: height }, (_, k) => {
    const row = new Float64Array(length);
    for (let t = 0; t < length; t++) {
      let sum = 0;
      for (let e = 0; e < width; e++) sum += vectors[t * width + e]! * filter[k * width + e]!;
      row[t] = sum;
    }
    return row;
  });
  let start = 0;
  let best = -Infinity;
  for (let t = 0; t + height <= length; t++) {
    let sum = bias;
    for (let k = 0; k < height; k++) sum += products[k]![t + k]!;
    if (sum > best) {
      best = sum;
      start = t;
    }
  }
  const raised = products.map((row, k) => Math.max(0, row[start + k]!));
  const sum = raised.reduce((a, b) => a + b, 0);
  return {
    start,
    activation: Math.max(0, best),
    shares: raised.map((part) => (sum > 0 ? part / sum : 1 / height)),
  };
}

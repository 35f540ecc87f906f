/** Sizes of `flambeau::embedding_conv_max`: heights of filters and how many there are of each. */
export interface TextShape {
  batch: number;
  length: number;
  vocabulary: number;
  width: number;
  heights: number[];
  filters: number[];
}

export interface TextValues {
  ids: number[];
  table: ArrayLike<number>;
  weights: ArrayLike<number>[];
  biases: ArrayLike<number>[];
}

/** Features and winners as PyTorch's relu and max_pool1d have them, window by window: the first of equal maxima, the last NaN. */
export function textFeatures(shape: TextShape, { ids, table, weights, biases }: TextValues) {
  const { batch, length, width, heights, filters } = shape;
  const output: number[] = [];
  const indices: number[] = [];
  for (let n = 0; n < batch; n++) {
    heights.forEach((height, i) => {
      for (let f = 0; f < filters[i]!; f++) {
        let best = Number.NEGATIVE_INFINITY;
        let at = 0;
        for (let t = 0; t + height <= length; t++) {
          let sum = 0;
          for (let k = 0; k < height; k++)
            for (let e = 0; e < width; e++)
              sum += weights[i]![(f * height + k) * width + e]! * table[ids[n * length + t + k]! * width + e]!;
          if (sum > best || Number.isNaN(sum)) {
            best = sum;
            at = t;
          }
        }
        const value = best + biases[i]![f]!;
        output.push(Math.max(value, 0));
        indices.push(value <= 0 ? -1 : at);
      }
    });
  }
  return { output, indices };
}

/** The gradients of table, weights and biases, window by window that has won. */
export function textGradients(
  shape: TextShape,
  { ids, table, weights, biases }: TextValues,
  indices: readonly number[],
  gradOutput: ArrayLike<number>,
  paddingIdx: number,
) {
  const { batch, length, width, heights, filters } = shape;
  const gradTable = new Float64Array(table.length);
  const gradWeights = weights.map((weight) => new Float64Array(weight.length));
  const gradBiases = biases.map((bias) => new Float64Array(bias.length));
  let place = 0;
  for (let n = 0; n < batch; n++) {
    heights.forEach((height, i) => {
      for (let f = 0; f < filters[i]!; f++, place++) {
        const t = indices[place]!;
        if (t < 0) continue;
        const gradient = gradOutput[place]!;
        gradBiases[i]![f]! += gradient;
        for (let k = 0; k < height; k++) {
          const word = ids[n * length + t + k]!;
          for (let e = 0; e < width; e++) {
            const at = (f * height + k) * width + e;
            gradWeights[i]![at]! += gradient * table[word * width + e]!;
            if (word !== paddingIdx) gradTable[word * width + e]! += gradient * weights[i]![at]!;
          }
        }
      }
    });
  }
  return { gradTable, gradWeights, gradBiases };
}

import { defaultGenerator } from '../random/defaultGenerator.ts';
import type { Generator } from '../random/generator.ts';
import { hostArray } from '../tensor/hostArray.ts';
import { type Initializer, normal } from './initializers.ts';

/**
 * A (semi-)orthogonal matrix, times a gain (`torch.nn.init.orthogonal_`): rows or columns, whichever are fewer, have
 * length `gain` and stand at right angles. Trailing dimensions are flattened into the columns.
 *
 * @throws {RangeError} for fewer than 2 dimensions.
 *
 * Source: Saxe et al., arXiv 1312.6120.
 */
export function orthogonal(options: { readonly gain?: number; readonly generator?: Generator } = {}): Initializer {
  const { gain = 1, generator = defaultGenerator } = options;
  return (shape) => {
    if (shape.length < 2) {
      throw new RangeError(`orthogonal: expected at least 2 dimensions, got shape [${shape.join(', ')}]`);
    }
    const rows = shape[0];
    const { data } = normal(0, 1, generator)(shape);
    const columns = data.length / rows;
    const values = new Float32Array(data.length);
    // The fewer ones are the vectors: the columns of a tall matrix, the rows of a wide one.
    const [count, length] = rows < columns ? [rows, columns] : [columns, rows];
    const place = (vector: number, i: number) => (rows < columns ? vector * columns + i : i * columns + vector);
    const vectors = Array.from({ length: count }, (_, v) => Float64Array.from({ length }, (_, i) => data[place(v, i)]));
    orthonormalise(vectors);
    vectors.forEach((vector, v) => {
      vector.forEach((value, i) => {
        values[place(v, i)] = gain * value;
      });
    });
    return hostArray('float32', shape, values);
  };
}

/**
 * Gram–Schmidt in place, twice over so that rounding is made good. It is the Q of a QR decomposition whose R has a
 * positive diagonal, of which there is one only.
 */
function orthonormalise(vectors: readonly Float64Array[]): void {
  vectors.forEach((vector, v) => {
    for (let pass = 0; pass < 2; pass++) {
      for (const earlier of vectors.slice(0, v)) {
        const shared = dot(vector, earlier);
        for (let i = 0; i < vector.length; i++) vector[i] -= shared * earlier[i];
      }
    }
    const length = Math.sqrt(dot(vector, vector));
    for (let i = 0; i < vector.length; i++) vector[i] /= length;
  });
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);

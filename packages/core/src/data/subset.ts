import { defaultGenerator } from '../random/defaultGenerator.ts';
import type { Generator } from '../random/generator.ts';
import type { Dataset } from './dataset.ts';
import { checkIndex } from './tensorDataset.ts';

/** The examples of a data set at the given indices, in that order (`torch.utils.data.Subset`). */
export class Subset<Example> implements Dataset<Example> {
  readonly dataset: Dataset<Example>;
  readonly indices: ArrayLike<number>;
  readonly getBatch?: (indices: ArrayLike<number>) => unknown;

  constructor(dataset: Dataset<Example>, indices: ArrayLike<number>) {
    for (let i = 0; i < indices.length; i++) checkIndex(indices[i], dataset.length);
    this.dataset = dataset;
    this.indices = indices;
    if (dataset.getBatch !== undefined) {
      this.getBatch = (chosen) =>
        dataset.getBatch!(
          Array.from(chosen, (index) => {
            checkIndex(index, this.length);
            return this.indices[index];
          }),
        );
    }
  }

  get length(): number {
    return this.indices.length;
  }

  get(index: number): Example | Promise<Example> {
    checkIndex(index, this.length);
    return this.dataset.get(this.indices[index]);
  }
}

/**
 * Splits a data set at random into parts of the given lengths (`torch.utils.data.random_split`).
 *
 * @throws {RangeError} unless the lengths sum to the data set's.
 */
export function randomSplit<Example>(
  dataset: Dataset<Example>,
  lengths: readonly number[],
  { generator = defaultGenerator }: { readonly generator?: Generator } = {},
): Subset<Example>[] {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total !== dataset.length) {
    throw new RangeError(
      `expected lengths that sum to ${dataset.length}, got [${lengths.join(', ')}], which sum to ${total}`,
    );
  }
  const order = generator.randperm(dataset.length);
  let start = 0;
  return lengths.map((length) => new Subset(dataset, order.subarray(start, (start += length))));
}

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
 * Splits a data set at random into parts of the given lengths, or of the given fractions
 * (`torch.utils.data.random_split`); what rounding down leaves over goes to the first parts, one example each.
 *
 * @param lengths - whole numbers that sum to the data set's length, or fractions that sum to 1.
 * @throws {RangeError} unless they do.
 */
export function randomSplit<Example>(
  dataset: Dataset<Example>,
  lengths: readonly number[],
  { generator = defaultGenerator }: { readonly generator?: Generator } = {},
): Subset<Example>[] {
  const counts = toCounts(lengths, dataset.length);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total !== dataset.length || counts.some((count) => !Number.isInteger(count) || count < 0)) {
    throw new RangeError(
      `expected lengths that sum to ${dataset.length}, got [${lengths.join(', ')}], which sum to ${total} (whole numbers, or fractions that sum to 1)`,
    );
  }
  const order = generator.randperm(dataset.length);
  let start = 0;
  return counts.map((count) => new Subset(dataset, order.subarray(start, (start += count))));
}

/** Fractions that sum to 1 as numbers of examples; everything else as it is. */
function toCounts(lengths: readonly number[], size: number): number[] {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const fractions = Math.abs(total - 1) < 1e-9 && lengths.every((length) => length >= 0 && length <= 1);
  if (!fractions || (size === 1 && lengths.every(Number.isInteger))) return [...lengths];
  const counts = lengths.map((fraction) => Math.floor(size * fraction));
  const rest = size - counts.reduce((sum, count) => sum + count, 0);
  for (let i = 0; i < rest; i++) counts[i % counts.length]++;
  return counts;
}

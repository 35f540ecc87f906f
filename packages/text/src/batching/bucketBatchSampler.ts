import { type data, defaultGenerator, Generator } from '@flambeau/core';

export interface BucketBatchSamplerOptions {
  /** Examples in a batch. */
  readonly batchSize: number;
  /** Another random order each epoch; false: from the longest to the shortest. Default true. */
  readonly shuffle?: boolean;
  /** How many batches' examples are sorted together. Default 100, as torchtext has it. */
  readonly poolBatches?: number;
  /** What random numbers are drawn from. Default: a seed that is drawn from the default generator for each epoch. */
  readonly generator?: Generator;
}

/**
 * Batches of texts of about one length, so that little is filled up, as torchtext's `BucketIterator`: all examples in a
 * random order, pools of {@link BucketBatchSamplerOptions.poolBatches} batches, each sorted by length and cut into
 * batches, and these in a random order. From the same seed the batches are the same, also when a run goes on in
 * mid-epoch.
 *
 * @example
 * ```ts
 * new data.DataLoader(texts, { batchSampler: new BucketBatchSampler(texts.lengths, { batchSize: 64 }) });
 * ```
 */
export class BucketBatchSampler implements data.BatchPlan {
  readonly batchSize: number;
  private readonly lengths: ArrayLike<number>;
  private readonly shuffle: boolean;
  private readonly poolSize: number;
  private readonly generator: Generator | undefined;

  /** @throws {RangeError} unless `batchSize` and `poolBatches` are whole and above 0. */
  constructor(lengths: ArrayLike<number>, options: BucketBatchSamplerOptions) {
    const { batchSize, shuffle = true, poolBatches = 100, generator } = options;
    for (const [name, value] of Object.entries({ batchSize, poolBatches })) {
      if (!Number.isInteger(value) || value < 1) {
        throw new RangeError(`BucketBatchSampler: expected ${name} whole and above 0, got ${value}`);
      }
    }
    this.lengths = lengths;
    this.batchSize = batchSize;
    this.shuffle = shuffle;
    this.poolSize = shuffle ? batchSize * poolBatches : Math.max(1, lengths.length);
    this.generator = generator;
  }

  get length(): number {
    const { length } = this.lengths;
    const pools = Math.floor(length / this.poolSize);
    const rest = length - pools * this.poolSize;
    return pools * Math.ceil(this.poolSize / this.batchSize) + Math.ceil(rest / this.batchSize);
  }

  *batches(): Iterable<number[]> {
    const { lengths, batchSize, poolSize } = this;
    const n = lengths.length;
    const generator = this.shuffle
      ? (this.generator ?? new Generator().manualSeed(defaultGenerator.randomInt64()))
      : undefined;
    const order = generator?.randperm(n) ?? Int32Array.from({ length: n }, (_, i) => i);
    for (let start = 0; start < n; start += poolSize) {
      // Stable: equally long ones stay in their order.
      const pool = [...order.subarray(start, start + poolSize)].sort((a, b) => lengths[b]! - lengths[a]!);
      const count = Math.ceil(pool.length / batchSize);
      const turns = generator?.randperm(count) ?? Int32Array.from({ length: count }, (_, i) => i);
      for (const turn of turns) yield pool.slice(turn * batchSize, (turn + 1) * batchSize);
    }
  }
}

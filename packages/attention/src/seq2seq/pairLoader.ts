import { type Backend, data, defaultGenerator, Generator } from '@flambeau/core';
import { type CollateOptions, collatePairs, type Seq2SeqBatch, type TokenPair } from './batch.ts';

/** Options of {@link createPairLoader}. */
export interface PairLoaderOptions extends CollateOptions {
  /** Default 32. */
  readonly batchSize?: number;
  /** Another random order each epoch. Default false. */
  readonly shuffle?: boolean;
  /**
   * Whether pairs of like lengths come together, in batches of a random order: little is filled up then, so that an epoch is
   * faster. Only while shuffling. Default false.
   */
  readonly bucket?: boolean;
  /** What random numbers are drawn from. Default: the default generator. */
  readonly generator?: Generator;
  /** Where the batches' tensors are made. Default: the default backend when an epoch begins. */
  readonly backend?: Backend;
}

/** Batches of pairs, an epoch each time; a `DataLoader`, so that a trainer goes on with it in mid-epoch. */
export type PairLoader = AsyncIterable<Seq2SeqBatch> & { readonly length: number };

/**
 * A loader of pairs of ids. Without buckets the order is, from the same seed, that of PyTorch's `DataLoader`.
 *
 * @example
 * ```ts
 * const pairs = sentences.map(([fra, eng]) => ({ source: french.encode(fra), target: english.encode(eng) }));
 * const loader = createPairLoader(pairs, { batchSize: 32, shuffle: true });
 * await trainer.fit(loader, { epochs: 80 });
 * ```
 */
export function createPairLoader(pairs: readonly TokenPair[], options: PairLoaderOptions = {}): PairLoader {
  const { batchSize = 32, shuffle = false, bucket = false, generator, backend, ...collate } = options;
  const dataset: data.Dataset<TokenPair> = { length: pairs.length, get: (index) => pairs[index]! };
  const inBuckets = shuffle && bucket && collate.fillTo === undefined;
  const order = inBuckets ? { sampler: new BucketSampler(pairs, batchSize, generator) } : { shuffle };
  const loader = new data.DataLoader(dataset, {
    batchSize,
    ...order,
    generator,
    backend,
    collate: (examples) => collatePairs(examples, collate),
  });
  // The loader's type says what the default collate makes of an example.
  return loader as unknown as PairLoader;
}

/** How many batches are sorted by length together. */
const BATCHES_TOGETHER = 50;

/** A random order in which each run of `batchSize` pairs has like lengths. */
class BucketSampler implements data.Sampler {
  private readonly pairs: readonly TokenPair[];
  private readonly batchSize: number;
  private readonly generator: Generator | undefined;

  constructor(pairs: readonly TokenPair[], batchSize: number, generator: Generator | undefined) {
    this.pairs = pairs;
    this.batchSize = batchSize;
    this.generator = generator;
  }

  get length(): number {
    return this.pairs.length;
  }

  *indices(): Iterable<number> {
    const { pairs, batchSize, length } = this;
    // As core's samplers: a seed from the default generator when an epoch's first index is asked for.
    const generator = this.generator ?? new Generator().manualSeed(defaultGenerator.randomInt64());
    const shuffled = generator.randperm(length);
    const byLength = (a: number, b: number) =>
      pairs[a]!.source.length - pairs[b]!.source.length || pairs[a]!.target.length - pairs[b]!.target.length;
    const batches: Int32Array[] = [];
    let rest: Int32Array | undefined;
    for (let start = 0; start < length; start += BATCHES_TOGETHER * batchSize) {
      const pool = shuffled.slice(start, start + BATCHES_TOGETHER * batchSize).sort(byLength);
      for (let first = 0; first < pool.length; first += batchSize) {
        const batch = pool.subarray(first, first + batchSize);
        if (batch.length === batchSize) batches.push(batch);
        else rest = batch;
      }
    }
    for (const at of generator.randperm(batches.length)) yield* batches[at]!;
    // The one that is not full comes last: the loader cuts the order into batches by counting.
    if (rest !== undefined) yield* rest;
  }
}

import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { type Backend, getDefaultBackend } from '../backend/backend.ts';
import { defaultGenerator } from '../random/defaultGenerator.ts';
import { Generator } from '../random/generator.ts';
import type { HostArray } from '../tensor/hostArray.ts';
import { defaultCollate, mapArrays } from './collate.ts';
import type { Dataset } from './dataset.ts';
import { type BatchPlan, BatchSampler, RandomSampler, type Sampler, SequentialSampler } from './sampler.ts';

/** A batch of examples: arrays and numbers have become tensors with a leading batch dimension. */
export type Batch<Example> = Example extends HostArray | number
  ? Tensor
  : Example extends readonly unknown[]
    ? { [Place in keyof Example]: Batch<Example[Place]> }
    : Example extends Record<string, unknown>
      ? { [Key in keyof Example]: Batch<Example[Key]> }
      : Example[];

/** A batch before it becomes tensors: arrays on the host with a leading batch dimension. */
export type HostBatch<Example> = Example extends HostArray | number
  ? HostArray
  : Example extends readonly unknown[]
    ? { [Place in keyof Example]: HostBatch<Example[Place]> }
    : Example extends Record<string, unknown>
      ? { [Key in keyof Example]: HostBatch<Example[Key]> }
      : Example[];

export interface DataLoaderOptions<Example = unknown> {
  /** Examples in a batch. Default 1. */
  readonly batchSize?: number;
  /** Another random order each epoch. Default false. */
  readonly shuffle?: boolean;
  /** Gives the order instead of `shuffle`. */
  readonly sampler?: Sampler;
  /** Gives whole batches instead of `batchSize`, `shuffle`, `sampler` and `dropLast`. */
  readonly batchSampler?: BatchPlan;
  /** Leaves out a last batch that is not full. Default false. */
  readonly dropLast?: boolean;
  /** Makes a batch of examples; default: stacks arrays ({@link defaultCollate}). Its host arrays become tensors. */
  readonly collate?: (examples: readonly unknown[]) => unknown;
  /**
   * Changes a gathered batch before it becomes tensors: the place for augmentation. Its generator is seeded anew for
   * each batch with the epoch's base seed (which PyTorch hands to its workers) plus the batch's number, so that a batch
   * is the same whether the epoch was begun at its beginning or gone on with in the middle.
   */
  readonly transform?: (batch: HostBatch<Example>, generator: Generator) => unknown;
  /** What random numbers are drawn from. Default: the default generator. */
  readonly generator?: Generator;
  /** Where the batches' tensors are made. Default: the default backend when an epoch begins. */
  readonly backend?: Backend;
}

/**
 * Goes through a data set in batches, as `torch.utils.data.DataLoader`; iterate it once for each epoch. A batch's
 * tensors are the loader's and live until the next one is asked for. The next batch is gathered while the device is
 * still busy with the step before, since reads are asynchronous.
 *
 * From the same seed the order is PyTorch's, and so is what the loader draws from the generator.
 *
 * @example
 * ```ts
 * const loader = new data.DataLoader(train, { batchSize: 100, shuffle: true });
 * for await (const [images, labels] of loader) { … }
 *
 * // Each image shifted at random by a transform of @flambeau/vision:
 * const crop = new transforms.RandomCrop(28, { padding: 2 });
 * new data.DataLoader(train, {
 *   batchSize: 100,
 *   shuffle: true,
 *   transform: ([images, labels], generator) => [crop.forward(images, generator), labels],
 * });
 * ```
 */
export class DataLoader<Example> implements AsyncIterable<Batch<Example>> {
  readonly dataset: Dataset<Example>;
  /** Examples in a batch; null where a batch sampler decides. */
  readonly batchSize: number | null;
  private readonly batchSampler: BatchPlan;
  private readonly options: DataLoaderOptions<Example>;

  constructor(dataset: Dataset<Example>, options: DataLoaderOptions<Example> = {}) {
    const { batchSize = 1, shuffle = false, dropLast = false, generator } = options;
    if (shuffle && options.sampler !== undefined) {
      throw new RangeError('DataLoader: shuffle and sampler exclude each other');
    }
    this.dataset = dataset;
    this.options = options;
    if (options.batchSampler !== undefined) {
      if (options.batchSize !== undefined || shuffle || dropLast || options.sampler !== undefined) {
        throw new RangeError('DataLoader: batchSampler excludes batchSize, shuffle, sampler and dropLast');
      }
      this.batchSize = null;
      this.batchSampler = options.batchSampler;
      return;
    }
    this.batchSize = batchSize;
    const sampler =
      options.sampler ?? (shuffle ? new RandomSampler(dataset, { generator }) : new SequentialSampler(dataset));
    this.batchSampler = new BatchSampler(sampler, batchSize, dropLast);
  }

  /** How many batches an epoch has. */
  get length(): number {
    return this.batchSampler.length;
  }

  /** What the loader's own random numbers are drawn from. */
  get generator(): Generator {
    return this.options.generator ?? defaultGenerator;
  }

  [Symbol.asyncIterator](): AsyncGenerator<Batch<Example>, void, undefined> {
    return this.iterate();
  }

  /**
   * One epoch.
   *
   * @param options.skip - batches at the beginning to leave out, without gathering them: how a run goes on in mid-epoch.
   */
  iterate({ skip = 0 }: { readonly skip?: number } = {}): AsyncGenerator<Batch<Example>, void, undefined> {
    // PyTorch's loader draws a base seed for its workers at the start of each epoch, whether it has workers or not.
    const baseSeed = this.generator.randomInt64();
    return this.epoch(this.options.backend ?? getDefaultBackend(), baseSeed, skip);
  }

  private async *epoch(
    backend: Backend,
    baseSeed: bigint,
    skip: number,
  ): AsyncGenerator<Batch<Example>, void, undefined> {
    const batches = numbered(this.batchSampler.batches(), baseSeed);
    for (let i = 0; i < skip; i++) batches.next();
    let gathering = this.gatherNext(batches);
    for (;;) {
      const gathered = await gathering;
      if (gathered.done) return;
      const tensors: Tensor[] = [];
      try {
        const batch = mapArrays(gathered.batch, (array) => {
          const tensor = backend.tensor(array);
          tensors.push(tensor);
          return tensor;
        });
        // Files and other slow sources are read ahead; what is in memory is gathered when it is needed.
        if (gathered.slow) gathering = this.readAhead(batches);
        yield batch as Batch<Example>;
        if (!gathered.slow) gathering = this.gatherNext(batches);
      } finally {
        dispose(tensors);
      }
    }
  }

  /** The next batch as a promise, also where the data set throws at once: its failure is told when its turn comes. */
  private readAhead(batches: Iterator<PlannedBatch>): Promise<Gathered> {
    const gathering = (async () => this.gatherNext(batches))();
    // It may fail while the step before is still awaited, or after the loop was left: not an unhandled rejection.
    gathering.catch(() => {});
    return gathering;
  }

  /** The next batch on the host: at once where the data set answers at once, else as a promise. */
  private gatherNext(batches: Iterator<PlannedBatch>): Gathered | Promise<Gathered> {
    const next = batches.next();
    if (next.done) return { done: true, slow: false };
    const { indices, seed } = next.value;
    const { collate = defaultCollate, transform } = this.options;
    const finish = (batch: unknown) =>
      transform === undefined ? batch : transform(batch as HostBatch<Example>, new Generator().manualSeed(seed));
    if (this.dataset.getBatch !== undefined && this.options.collate === undefined) {
      const batch = this.dataset.getBatch(indices);
      return batch instanceof Promise
        ? batch.then((value) => ({ done: false, slow: true, batch: finish(value) }))
        : { done: false, slow: false, batch: finish(batch) };
    }
    const examples = indices.map((index) => this.dataset.get(index));
    return examples.some((example) => example instanceof Promise)
      ? Promise.all(examples).then((values) => ({ done: false, slow: true, batch: finish(collate(values)) }))
      : { done: false, slow: false, batch: finish(collate(examples)) };
  }
}

/** Which examples a batch is made of, and what the generator of its transform is seeded with. */
interface PlannedBatch {
  readonly indices: number[];
  readonly seed: bigint;
}

function* numbered(batches: Iterable<number[]>, baseSeed: bigint): IterableIterator<PlannedBatch> {
  let seed = baseSeed;
  for (const indices of batches) yield { indices, seed: seed++ };
}

interface Gathered {
  readonly done: boolean;
  /** Whether the data set answered with a promise. */
  readonly slow: boolean;
  readonly batch?: unknown;
}

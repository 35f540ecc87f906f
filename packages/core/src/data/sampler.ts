import { defaultGenerator } from '../random/defaultGenerator.ts';
import { Generator } from '../random/generator.ts';

/** Gives the indices of one epoch, in order; asked again for every epoch. */
export interface Sampler {
  readonly length: number;
  indices(): Iterable<number>;
}

/** 0, 1, 2, … */
export class SequentialSampler implements Sampler {
  readonly length: number;

  constructor(source: { readonly length: number }) {
    this.length = source.length;
  }

  *indices(): Iterable<number> {
    for (let i = 0; i < this.length; i++) yield i;
  }
}

/** How many numbers PyTorch's sampler draws at a time when it draws with replacement. */
const DRAWN_TOGETHER = 32;

export interface RandomSamplerOptions {
  /** Draws each index by itself, so that some come twice and some not at all. Default false. */
  readonly replacement?: boolean;
  /** How many indices an epoch has. Default: as many as there are examples. */
  readonly numSamples?: number;
  readonly generator?: Generator;
}

/**
 * A random order, another one each epoch, in PyTorch's very order from the same seed: without a generator of its own it
 * draws a seed from the default one when it is first asked in an epoch.
 *
 * @throws {RangeError} if `numSamples` is not a whole number above 0.
 */
export class RandomSampler implements Sampler {
  readonly length: number;
  readonly replacement: boolean;
  private readonly examples: number;
  private readonly generator: Generator | undefined;

  constructor(source: { readonly length: number }, options: RandomSamplerOptions = {}) {
    const { replacement = false, numSamples = source.length, generator } = options;
    if (options.numSamples !== undefined && !(Number.isInteger(numSamples) && numSamples > 0)) {
      throw new RangeError(`RandomSampler: expected numSamples whole and above 0, got ${numSamples}`);
    }
    this.examples = source.length;
    this.length = numSamples;
    this.replacement = replacement;
    this.generator = generator;
  }

  *indices(): Iterable<number> {
    const generator = this.generator ?? new Generator().manualSeed(defaultGenerator.randomInt64());
    const { examples, length } = this;
    if (examples === 0) return;
    const size = this.replacement ? DRAWN_TOGETHER : examples;
    const draw = () => (this.replacement ? generator.randint(0, examples, size) : generator.randperm(examples));
    for (let rest = length; rest >= size; rest -= size) yield* draw();
    // PyTorch's sampler ends each epoch with a part of a round, also where it takes no element of it; with replacement
    // it draws no more than it needs.
    if (this.replacement) yield* generator.randint(0, examples, length % size);
    else yield* generator.randperm(examples).subarray(0, length % size);
  }
}

/** The given indices in a random order, another one each epoch, in PyTorch's order from the same seed. */
export class SubsetRandomSampler implements Sampler {
  private readonly subset: ArrayLike<number>;
  private readonly generator: Generator;

  /** @param options.generator - default: the default generator, drawn from directly. */
  constructor(subset: ArrayLike<number>, options: { readonly generator?: Generator } = {}) {
    this.subset = subset;
    this.generator = options.generator ?? defaultGenerator;
  }

  get length(): number {
    return this.subset.length;
  }

  *indices(): Iterable<number> {
    for (const place of this.generator.randperm(this.subset.length)) yield this.subset[place];
  }
}

/** Gives the batches of one epoch as lists of indices; asked again for every epoch. */
export interface BatchPlan {
  /** How many batches an epoch has. */
  readonly length: number;
  batches(): Iterable<number[]>;
}

/** Groups a sampler's indices into batches. */
export class BatchSampler implements BatchPlan {
  readonly sampler: Sampler;
  readonly batchSize: number;
  readonly dropLast: boolean;

  constructor(sampler: Sampler, batchSize: number, dropLast: boolean) {
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw new RangeError(`expected a whole batch size above 0, got ${batchSize}`);
    }
    this.sampler = sampler;
    this.batchSize = batchSize;
    this.dropLast = dropLast;
  }

  get length(): number {
    const whole = Math.floor(this.sampler.length / this.batchSize);
    return this.dropLast || this.sampler.length % this.batchSize === 0 ? whole : whole + 1;
  }

  *batches(): Iterable<number[]> {
    let batch: number[] = [];
    for (const index of this.sampler.indices()) {
      batch.push(index);
      if (batch.length === this.batchSize) {
        yield batch;
        batch = [];
      }
    }
    if (batch.length > 0 && !this.dropLast) yield batch;
  }
}

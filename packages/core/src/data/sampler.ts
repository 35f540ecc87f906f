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

/**
 * A random order, another one each epoch, in PyTorch's very order from the same seed: without a generator of its own it
 * draws a seed from the default one when it is first asked in an epoch.
 */
export class RandomSampler implements Sampler {
  readonly length: number;
  private readonly generator: Generator | undefined;

  constructor(source: { readonly length: number }, options: { readonly generator?: Generator } = {}) {
    this.length = source.length;
    this.generator = options.generator;
  }

  *indices(): Iterable<number> {
    const generator = this.generator ?? new Generator().manualSeed(defaultGenerator.randomInt64());
    yield* generator.randperm(this.length);
    // PyTorch's sampler ends each epoch with a permutation of which it takes no element; the generator has moved on.
    generator.randperm(this.length);
  }
}

/** Groups a sampler's indices into batches. */
export class BatchSampler {
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

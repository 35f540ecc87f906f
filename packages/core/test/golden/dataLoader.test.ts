import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { setDefaultBackend, toHost } from '../../src/backend/backend.ts';
import { createBackend } from '../../src/backend/createBackend.ts';
import { DataLoader, type Dataset, RandomSampler, randomSplit, SubsetRandomSampler } from '../../src/data/index.ts';
import { defaultGenerator, manualSeed } from '../../src/random/defaultGenerator.ts';
import { Generator } from '../../src/random/generator.ts';
import { type GoldenCase, loadGolden } from './load.ts';

interface Config {
  kind: 'loader' | 'between' | 'early' | 'sampler' | 'split';
  seed: number;
  own_seed: number | null;
  n: number;
  epochs: number;
  batch_size: number;
  options: { batch_size: number; shuffle?: boolean; drop_last?: boolean; num_samples?: number; replacement?: boolean };
  batch_sizes: number[];
  length: number;
  lengths: number[];
  sampler: string;
  indices: number[];
}

const cases = loadGolden<Config>('data_loader');
const ofKind = (kind: Config['kind'], filter: (config: Config) => boolean = () => true) =>
  cases.filter(({ config }) => config.kind === kind && filter(config)).map((golden) => [golden.name, golden] as const);

/** Example i is i. */
const indices = (length: number): Dataset<number> => ({ length, get: (index) => index });

const valuesOf = async (batch: Tensor) => [...(await toHost(batch)).data];

async function epochOf(loader: AsyncIterable<Tensor>): Promise<number[][]> {
  const batches: number[][] = [];
  for await (const batch of loader) batches.push(await valuesOf(batch));
  return batches;
}

/** Seeds the default generator, and gives the case's own one if it has one. */
function seed({ config }: GoldenCase<Config>): Generator | undefined {
  manualSeed(config.seed);
  return config.own_seed == null ? undefined : new Generator().manualSeed(config.own_seed);
}

const order = (golden: GoldenCase<Config>, name: string) => [...golden.tensor(name, 'int32').data];

function expectNextNumbers(golden: GoldenCase<Config>) {
  const next = defaultGenerator.uniform(new Float32Array(3));
  expect(next, 'what the default generator gives next').toEqual(golden.tensor('next_uniform').data);
}

describe("the order is PyTorch's", () => {
  beforeAll(async () => {
    setDefaultBackend(await createBackend('cpu'));
  });

  it.each(ofKind('loader'))('DataLoader: %s', async (_, golden) => {
    const { n, epochs, options, batch_sizes, length } = golden.config;
    const generator = seed(golden);
    const { batch_size: batchSize, shuffle, drop_last: dropLast } = options;
    const loader = new DataLoader(indices(n), { batchSize, shuffle, dropLast, generator });
    expect(loader.length).toBe(length);
    for (let epoch = 0; epoch < epochs; epoch++) {
      const batches = await epochOf(loader);
      expect(batches.map((batch) => batch.length)).toEqual(batch_sizes);
      expect(batches.flat()).toEqual(order(golden, `epoch${epoch}`));
    }
    expectNextNumbers(golden);
  });

  it.each(ofKind('between'))('DataLoader: %s', async (_, golden) => {
    const { n, batch_size: batchSize } = golden.config;
    seed(golden);
    const iterator = new DataLoader(indices(n), { batchSize, shuffle: true })[Symbol.asyncIterator]();
    expect(defaultGenerator.uniform(new Float32Array(1))).toEqual(golden.tensor('between').data);
    const batches = await epochOf({ [Symbol.asyncIterator]: () => iterator });
    expect(batches.flat()).toEqual(order(golden, 'epoch0'));
    expectNextNumbers(golden);
  });

  it.each(ofKind('early'))('DataLoader: %s', async (_, golden) => {
    const { n, batch_size: batchSize } = golden.config;
    seed(golden);
    const loader = new DataLoader(indices(n), { batchSize, shuffle: true });
    for await (const batch of loader) {
      expect(await valuesOf(batch)).toEqual(order(golden, 'first'));
      break;
    }
    expect((await epochOf(loader)).flat()).toEqual(order(golden, 'epoch1'));
    expectNextNumbers(golden);
  });

  it.each(ofKind('sampler'))('%s', (_, golden) => {
    const { n, epochs, length, options, sampler: kind, indices: subset } = golden.config;
    const generator = seed(golden);
    const { num_samples: numSamples, replacement } = options;
    const sampler =
      kind === 'RandomSampler'
        ? new RandomSampler({ length: n }, { generator, numSamples, replacement })
        : new SubsetRandomSampler(subset, { generator });
    expect(sampler.length).toBe(length);
    for (let epoch = 0; epoch < epochs; epoch++) {
      expect([...sampler.indices()]).toEqual(order(golden, `epoch${epoch}`));
    }
    expectNextNumbers(golden);
  });

  it.each(ofKind('split'))('%s', (_, golden) => {
    const generator = seed(golden);
    const parts = randomSplit(indices(golden.config.n), golden.config.lengths, { generator });
    parts.forEach((part, i) => {
      expect(Array.from(part.indices)).toEqual(order(golden, `${i}`));
    });
    expectNextNumbers(golden);
  });
});

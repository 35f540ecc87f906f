import { beforeAll, describe, expect, it } from 'vitest';
import {
  createBackend,
  type Dataset,
  data,
  defaultGenerator,
  functional as F,
  type Generator,
  type HostArray,
  hostArray,
  manualSeed,
  nn,
  optim,
  type StepInfo,
  setDefaultBackend,
  type Tensor,
  Trainer,
} from '../../src/index.ts';

beforeAll(async () => setDefaultBackend(await createBackend('simd')));

const numbers = (length: number): Dataset<[HostArray, number]> => ({
  length,
  get: (index) => [hostArray('float32', [1], Float32Array.of(index)), index % 2],
});
const later = <E>(dataset: Dataset<E>): Dataset<E> => ({
  length: dataset.length,
  get: (index) => Promise.resolve(dataset.get(index)),
});

/** Adds a random number to each value. */
const jitter = (
  [values, labels]: readonly [HostArray, HostArray],
  generator: Generator,
): readonly [HostArray, HostArray] => {
  const noise = generator.uniform(new Float32Array(values.data.length));
  return [
    hostArray(
      'float32',
      values.shape,
      noise.map((x, i) => x + Number(values.data[i])),
    ),
    labels,
  ];
};

async function read(batches: AsyncIterable<readonly [Tensor, Tensor]>): Promise<number[][]> {
  const found: number[][] = [];
  for await (const [values] of batches) found.push([...(await values.data())]);
  return found;
}

describe("a loader's transform", () => {
  it.each([
    ['at once', numbers(6)],
    ['later', later(numbers(6))],
  ])('makes the batch of what was gathered (data that come %s)', async (_, dataset) => {
    const seen: string[] = [];
    const loader = new data.DataLoader(dataset, {
      batchSize: 4,
      transform: ([values, labels]) => {
        seen.push(`${values.dtype} [${values.shape}], ${labels.dtype} [${labels.shape}]`);
        return [
          hostArray(
            'float32',
            values.shape,
            Float32Array.from(values.data as Float32Array, (x) => -x),
          ),
          labels,
        ];
      },
    });
    expect(await read(loader)).toEqual([
      [-0, -1, -2, -3],
      [-4, -5],
    ]);
    expect(seen).toEqual(['float32 [4,1], int32 [4]', 'float32 [2,1], int32 [2]']);
  });

  it('follows getBatch and a collate function, too', async () => {
    const dataset = new data.TensorDataset(hostArray('float32', [2], Float32Array.of(1, 2)));
    const negate = (batch: unknown) => {
      const [{ shape, data: values }] = batch as [HostArray];
      return [
        hostArray(
          'float32',
          shape,
          Float32Array.from(values as Float32Array, (x) => -x),
        ),
      ];
    };
    const collate = () => [hostArray('float32', [1], Float32Array.of(7))];
    const first = async (options: { collate?: () => unknown }) => {
      const found: number[] = [];
      for await (const [values] of new data.DataLoader(dataset, { batchSize: 2, transform: negate, ...options })) {
        found.push(...(await (values as unknown as Tensor).data()));
      }
      return found;
    };
    expect(await first({})).toEqual([-1, -2]);
    expect(await first({ collate })).toEqual([-7]);
  });

  it('draws other numbers for each batch and epoch, the same from the same seed, and none of any other generator', async () => {
    const loader = new data.DataLoader(numbers(6), { batchSize: 2, shuffle: true, transform: jitter });
    const plain = new data.DataLoader(numbers(6), { batchSize: 2, shuffle: true });
    const run = async (from: typeof loader) => [await read(from), await read(from)];
    manualSeed(3);
    const [first, second] = await run(loader);
    const state = defaultGenerator.getState();
    manualSeed(3);
    expect(await run(loader)).toEqual([first, second]);
    manualSeed(3);
    const [order] = await run(plain);
    expect(defaultGenerator.getState()).toEqual(state);
    // The order is that of a loader without it; what was added differs everywhere.
    expect(first!.map((batch) => batch.map(Math.floor))).toEqual(order);
    const noise = [first!, second!].flat(2).map((x) => x - Math.floor(x));
    expect(new Set(noise).size).toBe(12);
  });

  it('does to a batch what it does to it in the whole epoch where batches before it are left out', async () => {
    const loader = new data.DataLoader(numbers(10), { batchSize: 2, shuffle: true, transform: jitter });
    manualSeed(3);
    const whole = await read(loader);
    manualSeed(3);
    expect(await read(loader.iterate({ skip: 3 }))).toEqual(whole.slice(3));
  });

  it('that throws does so when its batch is due', async () => {
    const transform = () => {
      throw new Error('no such image');
    };
    await expect(read(new data.DataLoader(numbers(2), { transform }))).rejects.toThrow('no such image');
  });

  it('makes no difference between a run that goes on in mid-epoch and one that never stopped', async () => {
    class Stop extends Error {}
    const run = (stopAt?: number) => {
      manualSeed(7);
      const model = new nn.Sequential(new nn.Linear(1, 8), new nn.Dropout(0.5), new nn.Linear(8, 2));
      const loader = new data.DataLoader(numbers(20), { batchSize: 4, shuffle: true, transform: jitter });
      const onStep = ({ step }: StepInfo) => {
        if (step === stopAt) throw new Stop();
      };
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      const trainer = new Trainer({ model, optimizer, lossFunction: F.crossEntropy, callbacks: [{ onStep }] });
      return { model, trainer, fit: () => trainer.fit(loader as never, { epochs: 2 }) };
    };
    const whole = run();
    await whole.fit();
    const cut = run(7);
    await expect(cut.fit()).rejects.toThrow(Stop);
    const state = await cut.trainer.stateDict();
    const rest = run();
    rest.trainer.loadStateDict(state);
    await rest.fit();
    expect(await rest.model.stateDict()).toEqual(await whole.model.stateDict());
  });
});

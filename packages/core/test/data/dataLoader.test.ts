import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import {
  type Backend,
  backendOf,
  createBackend,
  type Dataset,
  data,
  Generator,
  type HostArray,
  hostArray,
  manualSeed,
  setDefaultBackend,
  type Tensor,
} from '../../src/index.ts';

let cpu: Backend;
beforeAll(async () => {
  cpu = await createBackend('cpu');
  setDefaultBackend(await createBackend('simd'));
});

const row = (...values: number[]) => hostArray('float32', [values.length], Float32Array.from(values));
const pause = (milliseconds = 1) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Examples (row [i, 10·i], i), by `get` alone. */
const pairs = (length: number): Dataset<[HostArray, number]> => ({
  length,
  get: (index) => [row(index, 10 * index), index],
});
const slowly = <E>(dataset: Dataset<E>): Dataset<E> => ({
  length: dataset.length,
  async get(index) {
    await pause((dataset.length - index) % 3);
    return dataset.get(index);
  },
});

/** What a loader gives, read back: the second part of each batch. */
async function labels(loader: AsyncIterable<readonly [Tensor, Tensor]>): Promise<number[][]> {
  const found: number[][] = [];
  for await (const [, label] of loader) found.push([...(await label.data())]);
  return found;
}

let before: number;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
});

describe('a DataLoader', () => {
  it.each([
    ['at once', pairs(5)],
    ['later', slowly(pairs(5))],
  ])('stacks what a data set gives %s, in order, the last batch smaller', async (_, dataset) => {
    const loader = new data.DataLoader(dataset, { batchSize: 2 });
    expect(loader).toHaveLength(3);
    const seen: unknown[] = [];
    for await (const [rows, label] of loader) {
      expectTypeOf(rows).toEqualTypeOf<Tensor>();
      expectTypeOf(label).toEqualTypeOf<Tensor>();
      expect([rows.dtype, label.dtype]).toEqual(['float32', 'int32']);
      seen.push([rows.shape, await rows.array(), await label.array()]);
    }
    expect(seen).toEqual([
      [
        [2, 2],
        [
          [0, 0],
          [1, 10],
        ],
        [0, 1],
      ],
      [
        [2, 2],
        [
          [2, 20],
          [3, 30],
        ],
        [2, 3],
      ],
      [[1, 2], [[4, 40]], [4]],
    ]);
  });

  it('gives the same again for every epoch, and with dropLast no batch that is not full', async () => {
    const loader = new data.DataLoader(pairs(5), { batchSize: 2, dropLast: true });
    expect(loader).toHaveLength(2);
    for (let epoch = 0; epoch < 2; epoch++)
      expect(await labels(loader)).toEqual([
        [0, 1],
        [2, 3],
      ]);
  });

  it('shuffles each epoch anew, every example once, and alike from the same seed', async () => {
    const run = async () => {
      const loader = new data.DataLoader(pairs(20), { batchSize: 7, shuffle: true });
      return [(await labels(loader)).flat(), (await labels(loader)).flat()];
    };
    manualSeed(5);
    const [first, second] = await run();
    expect(first).not.toEqual(second);
    for (const epoch of [first, second])
      expect([...epoch].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    manualSeed(5);
    expect(await run()).toEqual([first, second]);
    const own = { batchSize: 7, shuffle: true, generator: new Generator().manualSeed(1) };
    const state = own.generator.getState();
    const ordered = await labels(new data.DataLoader(pairs(20), own));
    own.generator.setState(state);
    expect(await labels(new data.DataLoader(pairs(20), own))).toEqual(ordered);
  });

  it('takes the order of a sampler', async () => {
    const sampler = { length: 3, indices: () => [4, 0, 2] };
    expect(await labels(new data.DataLoader(pairs(5), { batchSize: 2, sampler }))).toEqual([[4, 0], [2]]);
  });

  it('asks a data set that can for whole batches', async () => {
    const asked: number[][] = [];
    for (const answer of [<T>(x: T) => x, <T>(x: T) => Promise.resolve(x)]) {
      asked.length = 0;
      const dataset: Dataset<[HostArray, number]> = {
        length: 5,
        get: () => {
          throw new Error('never one by one');
        },
        getBatch: (indices) => {
          asked.push(Array.from(indices));
          return answer([row(...Array.from(indices)), hostArray('int32', [indices.length], Int32Array.from(indices))]);
        },
      };
      expect(await labels(new data.DataLoader(dataset, { batchSize: 3 }))).toEqual([
        [0, 1, 2],
        [3, 4],
      ]);
      expect(asked).toEqual([
        [0, 1, 2],
        [3, 4],
      ]);
    }
  });

  it('makes tensors of the arrays of records, at any depth, and lists of the rest', async () => {
    const dataset: Dataset<{ image: HostArray; meta: { label: number; name: string } }> = {
      length: 2,
      get: (index) => ({ image: row(index), meta: { label: index, name: `image ${index}` } }),
    };
    for await (const { image, meta } of new data.DataLoader(dataset, { batchSize: 2 })) {
      expect(image.shape).toEqual([2, 1]);
      expect(await meta.label.array()).toEqual([0, 1]);
      expect(meta.name).toEqual(['image 0', 'image 1']);
    }
  });

  it('collates as it is told, in preference to getBatch', async () => {
    const dataset = new data.TensorDataset(hostArray('float32', [3], Float32Array.of(1, 2, 3)));
    const collate = (examples: readonly unknown[]) => ({
      sum: hostArray(
        'float32',
        [],
        Float32Array.of((examples as HostArray[][]).reduce((sum, [x]) => sum + Number(x.data[0]), 0)),
      ),
      count: examples.length,
    });
    const found: unknown[] = [];
    for await (const batch of new data.DataLoader(dataset, { batchSize: 2, collate })) {
      const { sum, count } = batch as unknown as { sum: Tensor; count: number };
      found.push([(await sum.data())[0], count]);
    }
    expect(found).toEqual([
      [3, 2],
      [3, 1],
    ]);
  });

  it('makes the tensors on the backend that it is given, else on the default one', async () => {
    for await (const [rows] of new data.DataLoader(pairs(1), { backend: cpu })) expect(backendOf(rows)).toBe(cpu);
    for await (const [rows] of new data.DataLoader(pairs(1))) expect(backendOf(rows).name).toBe('simd');
  });

  it('refuses what cannot be', () => {
    expect(() => new data.DataLoader(pairs(1), { batchSize: 0 })).toThrow('expected a whole batch size above 0, got 0');
    const sampler = new data.SequentialSampler(pairs(1));
    expect(() => new data.DataLoader(pairs(1), { shuffle: true, sampler })).toThrow(
      'shuffle and sampler exclude each other',
    );
  });

  it('of an empty data set has no batch', async () => {
    expect(await labels(new data.DataLoader(pairs(0), { batchSize: 2 }))).toEqual([]);
  });
});

describe("a batch's tensors", () => {
  it('live until the next one is asked for', async () => {
    const batches = new data.DataLoader(pairs(4), { batchSize: 2 })[Symbol.asyncIterator]();
    const first = (await batches.next()).value!;
    await pause(5);
    expect(first.map(({ isDisposed }) => isDisposed)).toEqual([false, false]);
    const second = (await batches.next()).value!;
    expect(first.map(({ isDisposed }) => isDisposed)).toEqual([true, true]);
    expect(second.map(({ isDisposed }) => isDisposed)).toEqual([false, false]);
    expect((await batches.next()).done).toBe(true);
    expect(second.map(({ isDisposed }) => isDisposed)).toEqual([true, true]);
  });

  it('are never more than those of one batch', async () => {
    for await (const _ of new data.DataLoader(slowly(pairs(9)), { batchSize: 2 })) {
      expect(tf.memory().numTensors).toBe(before + 2);
    }
  });

  it.each([
    ['at once', pairs(6)],
    ['later', slowly(pairs(6))],
  ])('are freed when the loop is left early, or throws (data that come %s)', async (_, dataset) => {
    const loader = new data.DataLoader(dataset, { batchSize: 2 });
    for await (const _ of loader) break;
    expect(tf.memory().numTensors).toBe(before);
    await expect(
      (async () => {
        for await (const _ of loader) throw new Error('enough');
      })(),
    ).rejects.toThrow('enough');
    expect(tf.memory().numTensors).toBe(before);
    expect((await labels(loader)).flat()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('of two loaders that take turns do not mix', async () => {
    const one = new data.DataLoader(pairs(6), { batchSize: 2 })[Symbol.asyncIterator]();
    const other = new data.DataLoader(slowly(pairs(6)), { batchSize: 3, backend: cpu })[Symbol.asyncIterator]();
    const read = async (batch: IteratorResult<readonly Tensor[], void>) =>
      batch.value && [...(await batch.value[1].data())];
    const [a, b] = [await one.next(), await other.next()];
    const c = await one.next();
    expect(await read(b)).toEqual([0, 1, 2]);
    const d = await other.next();
    expect([await read(c), await read(d)]).toEqual([
      [2, 3],
      [3, 4, 5],
    ]);
    expect(a.value![0].isDisposed && b.value![0].isDisposed).toBe(true);
    await Promise.all([one.return(), other.return()]);
  });
});

describe('an error in a data set', () => {
  const failing = (how: 'throw' | 'reject', at: number): Dataset<[HostArray, number]> => {
    const good = pairs(6);
    return {
      length: 6,
      get(index) {
        if (how === 'throw' && index === at) throw new Error(`broken image ${index}`);
        if (how === 'throw') return good.get(index);
        return index === at ? Promise.reject(new Error(`broken image ${index}`)) : Promise.resolve(good.get(index));
      },
    };
  };

  it.each([
    { how: 'throw', at: 0, good: 0 },
    { how: 'throw', at: 3, good: 1 },
    { how: 'reject', at: 0, good: 0 },
    { how: 'reject', at: 5, good: 2 },
  ] as const)(
    '($how at $at) reaches the loop when its batch is due, and everything is freed',
    async ({ how, at, good }) => {
      let batches = 0;
      const loop = async () => {
        for await (const _ of new data.DataLoader(failing(how, at), { batchSize: 2 })) {
          batches++;
          // The next batch has been read ahead meanwhile and has failed: no one is listening yet.
          await pause(5);
        }
      };
      await expect(loop()).rejects.toThrow(`broken image ${at}`);
      expect(batches).toBe(good);
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it('that was read ahead is not heard of when the loop is left before', async () => {
    for await (const _ of new data.DataLoader(failing('reject', 3), { batchSize: 2 })) {
      await pause(5);
      break;
    }
    await pause(5);
  });

  it('of examples that do not stack says how they differ', async () => {
    const ragged: Dataset<HostArray> = { length: 2, get: (index) => row(...new Array(index + 1).fill(0)) };
    await expect(new data.DataLoader(ragged, { batchSize: 2 })[Symbol.asyncIterator]().next()).rejects.toThrow(
      'cannot stack examples of different shapes: float32 [1] and float32 [2]',
    );
  });

  it('whose arrays no backend holds frees what was made of the batch before it', async () => {
    const half: Dataset<[number, HostArray]> = {
      length: 1,
      get: () => [1, hostArray('float16', [1], Uint16Array.of(0))],
    };
    await expect(new data.DataLoader(half)[Symbol.asyncIterator]().next()).rejects.toThrow(/no float16 tensors/);
  });

  it('of a sampler that points outside is told, never made up', async () => {
    const dataset = new data.TensorDataset(row(1, 2, 3));
    const sampler = { length: 2, indices: () => [0, 3] };
    for (const source of [dataset, new data.Subset(dataset, [0, 1, 2])]) {
      const batches = new data.DataLoader(source, { batchSize: 2, sampler })[Symbol.asyncIterator]();
      await expect(batches.next()).rejects.toThrow('index 3 is outside a data set of length 3');
    }
  });
});

describe('a batch sampler', () => {
  const given = (...batches: number[][]): data.BatchPlan => ({ length: batches.length, batches: () => batches });

  it('decides which examples make a batch', async () => {
    const loader = new data.DataLoader(pairs(5), { batchSampler: given([4, 0, 2], [1]) });
    expect([loader.length, loader.batchSize]).toEqual([2, null]);
    expect(await labels(loader)).toEqual([[4, 0, 2], [1]]);
  });

  it('is asked again for every epoch, and batches can be skipped', async () => {
    const loader = new data.DataLoader(pairs(5), { batchSampler: given([4, 0], [1], [3]) });
    expect(await labels(loader.iterate({ skip: 1 }))).toEqual([[1], [3]]);
    expect(await labels(loader)).toEqual([[4, 0], [1], [3]]);
  });

  it.each([{ batchSize: 2 }, { shuffle: true }, { dropLast: true }, { sampler: new data.SequentialSampler([1]) }])(
    'excludes %o',
    (options) => {
      expect(() => new data.DataLoader(pairs(5), { batchSampler: given([0]), ...options })).toThrow(
        'DataLoader: batchSampler excludes batchSize, shuffle, sampler and dropLast',
      );
    },
  );
});

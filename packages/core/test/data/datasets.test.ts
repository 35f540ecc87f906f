import { describe, expect, it } from 'vitest';
import { type Dataset, data, Generator, type HostArray, hostArray } from '../../src/index.ts';

const table = () =>
  new data.TensorDataset(
    hostArray('float32', [4, 2], Float32Array.of(0, 1, 10, 11, 20, 21, 30, 31)),
    hostArray('int64', [4], BigInt64Array.of(5n, 6n, 7n, 8n)),
  );

describe('a TensorDataset', () => {
  it("gives an example's rows, and a batch's, in the arrays' own types", () => {
    const dataset = table();
    expect(dataset).toHaveLength(4);
    expect(dataset.get(2)).toEqual([
      hostArray('float32', [2], Float32Array.of(20, 21)),
      hostArray('int64', [], BigInt64Array.of(7n)),
    ]);
    expect(dataset.getBatch([3, 0])).toEqual([
      hostArray('float32', [2, 2], Float32Array.of(30, 31, 0, 1)),
      hostArray('int64', [2], BigInt64Array.of(8n, 5n)),
    ]);
  });

  it('gives copies, which a caller may change', () => {
    const dataset = table();
    dataset.get(0)[0].data[0] = 99;
    dataset.getBatch([0])[0].data[0] = 99;
    expect(dataset.arrays[0].data[0]).toBe(0);
  });

  it.each([-1, 4, 0.5, Number.NaN])('refuses index %s', (index) => {
    expect(() => table().get(index)).toThrow(`index ${index} is outside a data set of length 4`);
    expect(() => table().getBatch([0, index])).toThrow(`index ${index} is outside a data set of length 4`);
  });

  it('refuses arrays of different lengths, scalars, and nothing', () => {
    const [two, three] = [hostArray('bool', [2], new Uint8Array(2)), hostArray('bool', [3], new Uint8Array(3))];
    expect(() => new data.TensorDataset(two, three)).toThrow('expected arrays of one length, got lengths [2, 3]');
    expect(() => new data.TensorDataset(hostArray('bool', [], new Uint8Array(1)))).toThrow(
      /expected arrays of one length/,
    );
    expect(() => new data.TensorDataset()).toThrow(/expected arrays of one length/);
  });
});

describe('a Subset', () => {
  it('gives the chosen examples in the chosen order, also of a subset, by get and by getBatch', () => {
    const subset = new data.Subset(new data.Subset(table(), [3, 1, 2]), [2, 0]);
    expect(subset).toHaveLength(2);
    expect([subset.get(0), subset.get(1)].map((example) => Number((example as HostArray[])[1].data[0]))).toEqual([
      7, 8,
    ]);
    expect((subset.getBatch!([1, 0]) as HostArray[])[1].data).toEqual(BigInt64Array.of(8n, 7n));
  });

  it('has getBatch only where its data set has', () => {
    const plain: Dataset<number> = { length: 3, get: (index) => index };
    expect(new data.Subset(plain, [0]).getBatch).toBeUndefined();
    expect(new data.Subset(plain, [2, 1]).get(0)).toBe(2);
  });

  it('refuses indices outside, when made and when asked', () => {
    expect(() => new data.Subset(table(), [0, 4])).toThrow('index 4 is outside a data set of length 4');
    expect(() => new data.Subset(table(), [0, 1]).get(2)).toThrow('index 2 is outside a data set of length 2');
    expect(() => new data.Subset(table(), [0, 1]).getBatch!([2])).toThrow('index 2 is outside a data set of length 2');
  });
});

describe('randomSplit', () => {
  it('splits at random, each example in one part, alike from the same seed', () => {
    const source: Dataset<number> = { length: 10, get: (index) => index };
    const split = () =>
      data
        .randomSplit(source, [7, 3], { generator: new Generator().manualSeed(2) })
        .map((part) => Array.from(part.indices));
    const parts = split();
    expect(parts.map(({ length }) => length)).toEqual([7, 3]);
    expect(parts.flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(parts.flat()).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(split()).toEqual(parts);
  });

  it('refuses lengths that do not sum up', () => {
    expect(() => data.randomSplit(table(), [3, 2])).toThrow(/lengths that sum to 4.* got \[3, 2\]/);
  });
});

describe('defaultCollate', () => {
  it('stacks arrays and numbers, goes through tuples and records, and lists the rest', () => {
    const example = (value: number) => ({
      pair: [hostArray('uint8', [1], Uint8Array.of(value)), value + 0.5],
      id: value,
      name: `n${value}`,
    });
    expect(data.defaultCollate([example(1), example(2)])).toEqual({
      pair: [hostArray('uint8', [2, 1], Uint8Array.of(1, 2)), hostArray('float32', [2], Float32Array.of(1.5, 2.5))],
      id: hostArray('int32', [2], Int32Array.of(1, 2)),
      name: ['n1', 'n2'],
    });
  });

  it('refuses to stack other shapes and other types', () => {
    const [flat, tall] = [
      hostArray('float32', [1, 2], new Float32Array(2)),
      hostArray('float32', [2, 1], new Float32Array(2)),
    ];
    expect(() => data.defaultCollate([flat, tall])).toThrow(
      'cannot stack examples of different shapes: float32 [1, 2] and float32 [2, 1]',
    );
    expect(() => data.defaultCollate([flat, hostArray('int32', [1, 2], new Int32Array(2))])).toThrow(
      'cannot stack examples of different shapes: float32 [1, 2] and int32 [1, 2]',
    );
  });
});

describe('samplers', () => {
  it('group indices into batches, and count them as they come', () => {
    for (const [length, dropLast] of [
      [5, false],
      [5, true],
      [4, false],
      [4, true],
      [0, false],
    ] as const) {
      const sampler = new data.BatchSampler(new data.SequentialSampler({ length }), 2, dropLast);
      const batches = [...sampler.batches()];
      expect(batches).toHaveLength(sampler.length);
      expect(batches.flat()).toEqual(Array.from({ length: dropLast ? length - (length % 2) : length }, (_, i) => i));
    }
  });
});

import { embeddingConvMax } from '../ops/embeddingConvMax.ts';
import { type HostArray, hostArray } from '../tensor/hostArray.ts';
import type { ConformanceCase } from './case.ts';
import { classValues, mappedValues, normalValues } from './values.ts';

interface Shapes {
  readonly batch: number;
  readonly length: number;
  readonly vocabulary?: number;
  readonly width?: number;
  /** [K, F] of each height. */
  readonly filters: readonly (readonly [number, number])[];
  readonly paddingIdx?: number;
  readonly ids?: HostArray<'int32'>;
  /** Added to every bias. */
  readonly bias?: number;
}

function textCase(title: string, shapes: Shapes): ConformanceCase {
  const { batch, length, vocabulary = 13, width = 6, filters, paddingIdx = -1, bias = 0 } = shapes;
  const pairs = filters.flatMap(([height, outputs], i): [string, HostArray][] => [
    [`weight${i}`, normalValues(82 + 2 * i, [outputs, 1, height, width])],
    [`bias${i}`, mappedValues(83 + 2 * i, [outputs], (x) => x + bias)],
  ]);
  const inputs = {
    ids: shapes.ids ?? classValues(80, [batch, length], vocabulary),
    table: normalValues(81, [vocabulary, width]),
    ...Object.fromEntries(pairs),
  };
  return {
    op: 'flambeau::embedding_conv_max',
    title,
    inputs,
    differentiable: Object.keys(inputs).filter((name) => name !== 'ids'),
    compute: (tensors) => embeddingConvMax(tensors, { count: filters.length, paddingIdx }, 2),
  };
}

const ids = (rows: readonly (readonly number[])[]) =>
  hostArray('int32', [rows.length, rows[0].length], Int32Array.from(rows.flat()));

/** Words to features: `flambeau::embedding_conv_max`. */
export const embeddingConvMaxCases: readonly ConformanceCase[] = [
  textCase("the notes' heights", {
    batch: 3,
    length: 12,
    filters: [
      [3, 10],
      [4, 10],
      [5, 10],
    ],
    paddingIdx: 1,
  }),
  textCase('one height, one filter, one word', { batch: 2, length: 4, width: 1, filters: [[1, 1]] }),
  textCase('heights in any order, sizes beside every block edge', {
    batch: 5,
    length: 21,
    vocabulary: 70,
    width: 17,
    filters: [
      [4, 5],
      [1, 13],
      [6, 33],
    ],
    paddingIdx: 0,
  }),
  textCase('a text as long as the filter', { batch: 2, length: 5, filters: [[5, 7]] }),
  textCase('a text that ends in padding, and one of nothing else', {
    batch: 2,
    length: 8,
    ids: ids([
      [4, 5, 6, 7, 2, 2, 2, 2],
      [2, 2, 2, 2, 2, 2, 2, 2],
    ]),
    filters: [
      [2, 9],
      [3, 9],
    ],
    paddingIdx: 2,
  }),
  textCase('equal windows: the first wins', {
    batch: 2,
    length: 9,
    ids: ids([
      [5, 6, 7, 5, 6, 7, 5, 6, 7],
      [3, 3, 3, 3, 3, 3, 3, 3, 3],
    ]),
    filters: [[3, 12]],
  }),
  textCase('windows that are all negative', { batch: 2, length: 7, filters: [[2, 8]], bias: -50 }),
];

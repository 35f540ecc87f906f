import { util } from '@tensorflow/tfjs-core';
import { kernel } from '../backend/kernel.ts';
import type { SimdBackend } from '../backend/simdBackend.ts';
import { Storage } from '../backend/storage.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import {
  type EmbeddingConvMaxAttributes,
  type EmbeddingConvMaxBackwardFiltersAttributes,
  type EmbeddingConvMaxBackwardFiltersInputs,
  type EmbeddingConvMaxBackwardTableAttributes,
  type EmbeddingConvMaxBackwardTableInputs,
  type EmbeddingConvMaxInputs,
  FLAMBEAU_KERNELS,
} from './contract.ts';
import { rowsGradient, SHARES } from './rowsGradient.ts';

/** Words packed side by side: MAX_ROWS of assembly/tile.ts. */
const PACKED_ROWS = 5;
/** Filters that are computed at once. */
const BLOCK = 8;
/** Nanoseconds for a filter's row at one place of a text. */
const SLIDE = 0.25;

/** The filters of one height. */
interface Group {
  weight: number;
  bias: number;
  height: number;
  filters: number;
  /** The first one's place among all outputs. */
  column: number;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, value) => total + value, 0);

/** [F, 1, K, E] of each height, numbered from 0. */
function groupsOf(shapes: readonly (readonly number[])[]): Group[] {
  let column = 0;
  return shapes.map(([filters, , height]) => {
    const group = { weight: 0, bias: 0, height: height!, filters: filters!, column };
    column += filters!;
    return group;
  });
}

/** As assembly/embeddingConvMax.ts reads blocks of filters and assembly/embeddingConvMaxBackward.ts groups. */
const written = (groups: readonly Group[]): number[] =>
  groups.flatMap(({ weight, bias, height, filters, column }) => [weight, bias, height, filters, column]);

/** Blocks of up to 8 filters, those of all heights in turn, so that threads get equal shares. */
function blocksOf(groups: readonly Group[], width: number): Group[] {
  const blocks = groups.map(({ weight, bias, height, filters, column }) =>
    Array.from({ length: Math.ceil(filters / BLOCK) }, (_, i): Group => {
      const first = i * BLOCK;
      return {
        weight: weight + first * height * width * 4,
        bias: bias + first * 4,
        height,
        filters: Math.min(BLOCK, filters - first),
        column: column + first,
      };
    }),
  );
  const most = Math.max(...blocks.map(({ length }) => length));
  return Array.from({ length: most }, (_, i) => blocks.flatMap((some) => some.slice(i, i + 1))).flat();
}

/** Runs `f` with room for that many numbers of 4 bytes. */
function withRoom<T>(backend: SimdBackend, count: number, f: (pointer: number) => T): T {
  const room = new Storage(backend.heap, count * 4);
  try {
    return f(room.pointer);
  } finally {
    room.release();
  }
}

const forward = kernel<EmbeddingConvMaxInputs, EmbeddingConvMaxAttributes>(
  FLAMBEAU_KERNELS.embeddingConvMax,
  ({ inputs, attrs, backend }) => {
    const { ids, table } = inputs;
    const [batch, length] = ids.shape as [number, number];
    const [vocabulary, width] = table.shape as [number, number];
    const weights = Array.from({ length: attrs.count }, (_, i) => inputs[`weight${i}`]!);
    const groups = groupsOf(weights.map(({ shape }) => shape));
    const columns = sum(groups.map(({ filters }) => filters));
    const output = backend.output([batch, columns], 'float32');
    const indices = backend.output([batch, columns], 'int32');
    groups.forEach((group, i) => {
      group.weight = backend.pointer(weights[i]!);
      group.bias = backend.pointer(inputs[`bias${i}`]!);
    });
    const blocks = blocksOf(groups, width);
    const places = batch * length;
    const most = Math.min(vocabulary, places);
    withRoom(backend, vocabulary + most + places + 5 * blocks.length, (room) => {
      const words = room + vocabulary * 4;
      const numbers = words + most * 4;
      const table_ = numbers + places * 4;
      const distinct = backend.wasm.distinctWords(backend.pointer(ids), places, vocabulary, room, words, numbers);
      if (distinct < 0) {
        const wrong = backend.values<Int32Array>(ids)[-1 - distinct]!;
        throw new Error(
          `${FLAMBEAU_KERNELS.embeddingConvMax}: the index value ${wrong} is not in [0, ${vocabulary - 1}]`,
        );
      }
      withRoom(backend, distinct * width, (packed) => {
        const many = Math.ceil(distinct / PACKED_ROWS);
        const packing = backend.split(many, distinct * width * COST.stridedCopy, CACHE_LINE);
        backend.run('packWords', packing, [backend.pointer(table), width, words, distinct, packed, 0, many]);
        const rows = sum(groups.map(({ filters, height }) => filters * height));
        const split = backend.split(blocks.length, rows * (distinct * width * COST.product + places * SLIDE));
        const highest = Math.max(...groups.map(({ height }) => height));
        const bytes = backend.wasm.embeddingConvMaxScratchBytes(distinct, width, highest);
        const scratch = backend.heap.scratch(bytes * split.parts);
        backend.heap.i32.set(written(blocks), table_ / 4);
        backend.run(
          'embeddingConvMax',
          split,
          [
            ...([table_, numbers, batch, length, packed, distinct, width] as const),
            ...([backend.pointer(output), backend.pointer(indices), columns, 0, blocks.length, scratch] as const),
          ],
          10,
          [[12, bytes]],
        );
      });
    });
    return [output, indices];
  },
);

const backwardFilters = kernel<EmbeddingConvMaxBackwardFiltersInputs, EmbeddingConvMaxBackwardFiltersAttributes>(
  FLAMBEAU_KERNELS.embeddingConvMaxBackwardFilters,
  ({ inputs, attrs, backend }) => {
    const { gradOutput, indices, ids, table } = inputs;
    const [batch, length] = ids.shape as [number, number];
    const width = table.shape[1]!;
    const columns = indices.shape[1]!;
    const groups = groupsOf(attrs.filterShapes);
    const weights = attrs.filterShapes.map((shape) => backend.output([...shape], 'float32'));
    const biases = attrs.filterShapes.map(([filters]) => backend.output([filters!], 'float32'));
    groups.forEach((group, i) => {
      group.weight = backend.pointer(weights[i]!);
      group.bias = backend.pointer(biases[i]!);
    });
    const windows = batch * sum(groups.map(({ filters, height }) => filters * height));
    const split = backend.split(columns, windows * width * COST.element);
    const bytes = backend.wasm.embeddingConvMaxBackwardScratchBytes(batch);
    const scratch = backend.heap.scratch(bytes * split.parts);
    withRoom(backend, 5 * groups.length, (room) => {
      const pointers = [gradOutput, indices, ids].map((tensor) => backend.pointer(tensor)) as [number, number, number];
      backend.heap.i32.set(written(groups), room / 4);
      backend.run(
        'embeddingConvMaxBackwardFilters',
        split,
        [room, ...pointers, batch, length, backend.pointer(table), width, columns, 0, columns, scratch],
        9,
        [[11, bytes]],
      );
    });
    return [...weights, ...biases];
  },
);

const backwardTable = kernel<EmbeddingConvMaxBackwardTableInputs, EmbeddingConvMaxBackwardTableAttributes>(
  FLAMBEAU_KERNELS.embeddingConvMaxBackwardTable,
  ({ inputs, attrs, backend }) => {
    const { gradOutput, indices, ids } = inputs;
    const { count, paddingIdx, numEmbeddings } = attrs;
    const [batch, length] = ids.shape as [number, number];
    const columns = indices.shape[1]!;
    const weights = Array.from({ length: count }, (_, i) => inputs[`weight${i}`]!);
    const width = weights[0]!.shape[3]!;
    const groups = groupsOf(weights.map(({ shape }) => shape));
    groups.forEach((group, i) => {
      group.weight = backend.pointer(weights[i]!);
    });
    const [gradient, at, words] = [gradOutput, indices, ids].map((tensor) => backend.pointer(tensor)) as [
      number,
      number,
      number,
    ];
    const cost = batch * sum(weights.map(({ shape }) => util.sizeFromShape(shape))) * COST.element;
    return withRoom(backend, 5 * count, (room) => {
      backend.heap.i32.set(written(groups), room / 4);
      return rowsGradient(
        backend,
        [numEmbeddings, width],
        (places) =>
          backend.wasm.winningWords(
            ...([room, count, at, words, batch, length, columns, paddingIdx, numEmbeddings, places] as const),
          ),
        (rows, places, many) =>
          backend.run('embeddingConvMaxBackwardRows', backend.split(SHARES, cost), [
            ...([room, count, gradient, at, words, batch, length, columns, width, places, many, rows] as const),
            ...([0, SHARES] as const),
          ]),
      );
    });
  },
);

/** The features of a TextCNN and their gradients. */
export const embeddingConvMaxKernels = [forward, backwardFilters, backwardTable];

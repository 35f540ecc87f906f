import type { SimdBackend } from '../backend/simdBackend.ts';
import { COST } from '../threads/cost.ts';
import { type Words, withRoom } from './words.ts';

/** Filters that are computed at once. */
const BLOCK = 8;
/** Nanoseconds for a filter's row at one place of a text. */
const SLIDE = 0.25;

/** Filters over time of one height, as wide as a word's vector. */
export interface Filters {
  /** Where [count, height, width] are, to read, or their gradients, to write. */
  weight: number;
  /** Where [count] are. */
  bias: number;
  readonly height: number;
  readonly count: number;
  /** The first one's place among all outputs. */
  readonly column: number;
}

/** What becomes of a largest window that is not above 0; constants of assembly/embeddingConvMax.ts. */
export const BELOW = {
  /** A ReLU lets none through; its place is −1. */
  none: 0,
  /** A ReLU makes all windows 0, of which the first is the largest. */
  first: 1,
  /** It stays: there is no ReLU. */
  asItIs: 2,
} as const;

/** Filters `[F, 1, K, E]` of each height side by side; where they are comes later. */
export function filtersOf(shapes: readonly (readonly number[])[]): Filters[] {
  let column = 0;
  return shapes.map(([count, , height]) => {
    const filters = { weight: 0, bias: 0, height: height!, count: count!, column };
    column += count!;
    return filters;
  });
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, value) => total + value, 0);

/** How many rows of weights there are. */
export const rowsOf = (filters: readonly Filters[]): number => sum(filters.map(({ count, height }) => count * height));

/** Runs `f` with filters as assembly/embeddingConvMax.ts reads blocks and assembly/embeddingConvMaxBackward.ts groups. */
export function withFilters<T>(backend: SimdBackend, filters: readonly Filters[], f: (pointer: number) => T): T {
  const numbers = filters.flatMap(({ weight, bias, height, count, column }) => [weight, bias, height, count, column]);
  return withRoom(backend, numbers.length, (room) => {
    backend.heap.i32.set(numbers, room / 4);
    return f(room);
  });
}

/** Blocks of up to 8 filters, those of all heights in turn, so that threads get equal shares. */
function blocksOf(filters: readonly Filters[], width: number): Filters[] {
  const blocks = filters.map(({ weight, bias, height, count, column }) =>
    Array.from({ length: Math.ceil(count / BLOCK) }, (_, i): Filters => {
      const first = i * BLOCK;
      return {
        weight: weight + first * height * width * 4,
        bias: bias === 0 ? 0 : bias + first * 4,
        height,
        count: Math.min(BLOCK, count - first),
        column: column + first,
      };
    }),
  );
  const most = Math.max(...blocks.map(({ length }) => length));
  return Array.from({ length: most }, (_, i) => blocks.flatMap((some) => some.slice(i, i + 1))).flat();
}

/**
 * Each filter's largest window of each text and where it begins.
 *
 * @param texts [batch, length]
 * @param below what becomes of those that are not above 0
 * @param output [batch, filters], and `indices`, int32, as well
 */
export function largestWindows(
  backend: SimdBackend,
  words: Words,
  width: number,
  [batch, length]: readonly [number, number],
  filters: readonly Filters[],
  below: (typeof BELOW)[keyof typeof BELOW],
  output: number,
  indices: number,
): void {
  const { distinct } = words;
  const blocks = blocksOf(filters, width);
  const columns = sum(filters.map(({ count }) => count));
  const cost = rowsOf(filters) * (distinct * width * COST.product + batch * length * SLIDE);
  const split = backend.split(blocks.length, cost);
  const highest = Math.max(...filters.map(({ height }) => height));
  const bytes = backend.wasm.embeddingConvMaxScratchBytes(distinct, width, highest);
  const scratch = backend.heap.scratch(bytes * split.parts);
  withFilters(backend, blocks, (room) =>
    backend.run(
      'embeddingConvMax',
      split,
      [
        ...([room, words.numbers.pointer, batch, length, words.packed.pointer, distinct, width, below] as const),
        ...([output, indices, columns, 0, blocks.length, scratch] as const),
      ],
      11,
      [[13, bytes]],
    ),
  );
}

/** The gradients of filters by the windows that won, into where `filters` says. */
export function filterGradients(
  backend: SimdBackend,
  filters: readonly Filters[],
  { gradOutput, indices, ids, table }: { gradOutput: number; indices: number; ids: number; table: number },
  [batch, length]: readonly [number, number],
  width: number,
): void {
  const columns = sum(filters.map(({ count }) => count));
  const split = backend.split(columns, batch * rowsOf(filters) * width * COST.element);
  const bytes = backend.wasm.embeddingConvMaxBackwardScratchBytes(batch);
  const scratch = backend.heap.scratch(bytes * split.parts);
  withFilters(backend, filters, (room) =>
    backend.run(
      'embeddingConvMaxBackwardFilters',
      split,
      [room, gradOutput, indices, ids, batch, length, table, width, columns, 0, columns, scratch],
      9,
      [[11, bytes]],
    ),
  );
}

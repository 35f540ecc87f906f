/** The gradients of embeddingConvMax: they visit the windows that won, one for each text and filter at most, and no others. */
import { madd } from "./madd";
import { clearShares, isInShares } from "./rowsGradient";
import { loadLanes, storeLanes } from "./tile";

/** All filters of one height, as the host writes them: five i32. */
@unmanaged
class FilterGroup {
  /** [filters, height, width], to read or to write. */
  weight: usize;
  /** [filters], to write. */
  bias: usize;
  height: i32;
  filters: i32;
  /** The first one's place among all outputs. */
  column: i32;
}

/** to[0 … count) += gradient · from[0 … count). */
// @ts-ignore: decorator
@inline
function addScaled(to: usize, from: usize, gradient: v128, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(to, madd(v128.load(to), gradient, v128.load(from)));
    to += 16;
    from += 16;
  }
  if (i < count) {
    storeLanes(to, madd(loadLanes(to, count - i), gradient, loadLanes(from, count - i)), count - i);
  }
}

/** Four of them in one pass over `to`, in their order. */
// @ts-ignore: decorator
@inline
function addFourScaled(
  to: usize,
  from0: usize,
  from1: usize,
  from2: usize,
  from3: usize,
  gradients: v128,
  count: i32,
): void {
  const g0 = v128.shuffle<f32>(gradients, gradients, 0, 0, 0, 0);
  const g1 = v128.shuffle<f32>(gradients, gradients, 1, 1, 1, 1);
  const g2 = v128.shuffle<f32>(gradients, gradients, 2, 2, 2, 2);
  const g3 = v128.shuffle<f32>(gradients, gradients, 3, 3, 3, 3);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = (<usize>i) << 2;
    let sum = madd(v128.load(to + at), g0, v128.load(from0 + at));
    sum = madd(sum, g1, v128.load(from1 + at));
    sum = madd(sum, g2, v128.load(from2 + at));
    v128.store(to + at, madd(sum, g3, v128.load(from3 + at)));
  }
  if (i < count) {
    const at = (<usize>i) << 2;
    const lanes = count - i;
    let sum = madd(loadLanes(to + at, lanes), g0, loadLanes(from0 + at, lanes));
    sum = madd(sum, g1, loadLanes(from1 + at, lanes));
    sum = madd(sum, g2, loadLanes(from2 + at, lanes));
    storeLanes(to + at, madd(sum, g3, loadLanes(from3 + at, lanes)), lanes);
  }
}

/** Bytes of scratch memory for `batch` texts. */
export function embeddingConvMaxBackwardScratchBytes(batch: i32): i32 {
  return batch * 8 + 64;
}

/**
 * The gradients of the filters at outputs [begin, end): weight[f, k] = Σ over texts of gradOutput · table[the k-th word of the window
 * that won], bias[f] = Σ gradOutput.
 *
 * @param groups `count` of FilterGroup
 * @param scratch embeddingConvMaxBackwardScratchBytes() bytes
 */
export function embeddingConvMaxBackwardFilters(
  groups: usize,
  gradOutput: usize,
  indices: usize,
  ids: usize,
  batch: i32,
  length: i32,
  table: usize,
  width: i32,
  columns: i32,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  const rowBytes = (<usize>width) << 2;
  const step = (<usize>columns) << 2;
  /** The winners' gradients, and where their words are. */
  const gradients = (scratch + 15) & ~15;
  const windows = gradients + ((<usize>((batch + 3) & ~3)) << 2);
  let group = changetype<FilterGroup>(groups);
  for (let column = begin; column < end; column++) {
    while (column >= group.column + group.filters) group = changetype<FilterGroup>(changetype<usize>(group) + offsetof<FilterGroup>());
    const filter = column - group.column;
    let count = 0;
    let sum: f32 = 0;
    let at = (<usize>column) << 2;
    for (let text = 0; text < batch; text++) {
      const index = load<i32>(indices + at);
      if (index >= 0) {
        const gradient = load<f32>(gradOutput + at);
        const place = (<usize>count) << 2;
        sum += gradient;
        store<f32>(gradients + place, gradient);
        store<usize>(windows + place, ids + ((<usize>(text * length + index)) << 2));
        count++;
      }
      at += step;
    }
    store<f32>(group.bias + ((<usize>filter) << 2), sum);
    const height = group.height;
    const own = group.weight + <usize>(filter * height) * rowBytes;
    memory.fill(own, 0, <usize>height * rowBytes);
    let i = 0;
    for (; i + 4 <= count; i += 4) {
      const place = (<usize>i) << 2;
      const four = v128.load(gradients + place);
      const words0 = load<usize>(windows + place);
      const words1 = load<usize>(windows + place, 4);
      const words2 = load<usize>(windows + place, 8);
      const words3 = load<usize>(windows + place, 12);
      for (let k = 0; k < height; k++) {
        const next = (<usize>k) << 2;
        addFourScaled(
          own + <usize>k * rowBytes,
          table + <usize>load<u32>(words0 + next) * rowBytes,
          table + <usize>load<u32>(words1 + next) * rowBytes,
          table + <usize>load<u32>(words2 + next) * rowBytes,
          table + <usize>load<u32>(words3 + next) * rowBytes,
          four,
          width,
        );
      }
    }
    for (; i < count; i++) {
      const place = (<usize>i) << 2;
      const gradient = v128.load32_splat(gradients + place);
      const words = load<usize>(windows + place);
      for (let k = 0; k < height; k++) {
        const word = <usize>load<u32>(words + ((<usize>k) << 2));
        addScaled(own + <usize>k * rowBytes, table + word * rowBytes, gradient, width);
      }
    }
  }
}

/**
 * Numbers the words of the windows that won, but for `paddingIdx`, in the order of their first places.
 *
 * @param places for each word of the vocabulary its number, −1 where none of its windows has won
 * @returns how many there are
 */
export function winningWords(
  groups: usize,
  count: i32,
  indices: usize,
  ids: usize,
  batch: i32,
  length: i32,
  columns: i32,
  paddingIdx: i32,
  vocabulary: i32,
  places: usize,
): i32 {
  memory.fill(places, 0xff, (<usize>vocabulary) << 2);
  let number = 0;
  for (let text = 0; text < batch; text++) {
    const words = ids + ((<usize>(text * length)) << 2);
    for (let i = 0; i < count; i++) {
      const group = changetype<FilterGroup>(groups + <usize>i * offsetof<FilterGroup>());
      let at = indices + ((<usize>(text * columns + group.column)) << 2);
      const end = at + ((<usize>group.filters) << 2);
      const bytes = (<usize>group.height) << 2;
      for (; at < end; at += 4) {
        const index = load<i32>(at);
        if (index < 0) continue;
        let word = words + ((<usize>index) << 2);
        const last = word + bytes;
        for (; word < last; word += 4) {
          const place = places + ((<usize>load<u32>(word)) << 2);
          if (load<i32>(place) < 0 && load<i32>(word) != paddingIdx) store<i32>(place, number++);
        }
      }
    }
  }
  return number;
}

/**
 * The gradient of the table's rows that have one: rows[number, width], each the sum over the windows that won with the word of
 * gradOutput · weight. Of 64 shares (every 64th row each: frequent words have low numbers) those of [begin, end).
 *
 * @param places, number as `winningWords` gave them
 */
export function embeddingConvMaxBackwardRows(
  groups: usize,
  count: i32,
  gradOutput: usize,
  indices: usize,
  ids: usize,
  batch: i32,
  length: i32,
  columns: i32,
  width: i32,
  places: usize,
  number: i32,
  rows: usize,
  begin: i32,
  end: i32,
): void {
  const rowBytes = (<usize>width) << 2;
  clearShares(rows, number, rowBytes, begin, end);
  for (let text = 0; text < batch; text++) {
    const words = ids + ((<usize>(text * length)) << 2);
    for (let i = 0; i < count; i++) {
      const group = changetype<FilterGroup>(groups + <usize>i * offsetof<FilterGroup>());
      const first = (<usize>(text * columns + group.column)) << 2;
      let weight = group.weight;
      for (let filter = 0; filter < group.filters; filter++) {
        const at = first + ((<usize>filter) << 2);
        const index = load<i32>(indices + at);
        if (index < 0) {
          weight += <usize>group.height * rowBytes;
          continue;
        }
        const gradient = v128.load32_splat(gradOutput + at);
        for (let k = 0; k < group.height; k++) {
          const word = <usize>load<u32>(words + ((<usize>(index + k)) << 2));
          const place = load<i32>(places + (word << 2));
          if (isInShares(place, begin, end)) addScaled(rows + <usize>place * rowBytes, weight, gradient, width);
          weight += rowBytes;
        }
      }
    }
  }
}

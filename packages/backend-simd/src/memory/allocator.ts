/** Blocks start at multiples of a cache line. */
const ALIGNMENT = 64;

/**
 * The sizes that blocks come in: every multiple of 64 bytes up to 512, then 8 steps to each doubling, so at most an
 * eighth of a block is slack and few distinct sizes exist.
 */
export function blockBytes(bytes: number): number {
  if (bytes <= 512) return Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
  const step = 2 ** (Math.floor(Math.log2(bytes - 1)) - 3);
  return Math.ceil(bytes / step) * step;
}

interface Range {
  start: number;
  bytes: number;
}

/**
 * Deals out ranges of one linear memory.
 *
 * A freed block waits in the list of its size, and the next block of that size is taken from there: training asks for
 * the same sizes step after step, so nearly every call is a push or a pop. Only when a list is empty and the end of the
 * memory is reached are neighbouring free blocks joined again, and only if none of the joined ranges is large enough
 * does the memory grow.
 */
export class Allocator {
  /** Bytes of all blocks that are dealt out. */
  usedBytes = 0;
  /** How many blocks are dealt out. */
  usedBlocks = 0;

  private readonly grow: (missingBytes: number) => number;
  private readonly free = new Map<number, number[]>();
  private freeBytes = 0;
  /** Joined free ranges, sorted by where they start. */
  private ranges: Range[] = [];
  /** Everything from here to `end` has never been dealt out. */
  private top: number;
  private end: number;

  /**
   * @param start where the memory that may be dealt out begins, a multiple of 64
   * @param end where it ends
   * @param grow makes the memory at least so many bytes larger and returns its new end, or the old one if it can't
   */
  constructor(start: number, end: number, grow: (missingBytes: number) => number) {
    this.top = start;
    this.end = end;
    this.grow = grow;
  }

  /** Where a block of at least `bytes` bytes starts, or undefined if there is no room left. Its contents are arbitrary. */
  allocate(bytes: number): number | undefined {
    const size = blockBytes(bytes);
    const pointer = this.take(size);
    if (pointer !== undefined) {
      this.usedBytes += size;
      this.usedBlocks++;
    }
    return pointer;
  }

  /** Gives a block back; `bytes` is what it was asked for with. */
  release(pointer: number, bytes: number): void {
    const size = blockBytes(bytes);
    this.usedBytes -= size;
    this.usedBlocks--;
    this.freeBytes += size;
    const list = this.free.get(size);
    if (list) list.push(pointer);
    else this.free.set(size, [pointer]);
  }

  private take(size: number): number | undefined {
    const reused = this.free.get(size)?.pop();
    if (reused !== undefined) {
      this.freeBytes -= size;
      return reused;
    }
    const carved = this.carve(size) ?? this.extend(size);
    if (carved !== undefined) return carved;
    if (this.freeBytes > 0) {
      this.join();
      const joined = this.carve(size) ?? this.extend(size);
      if (joined !== undefined) return joined;
    }
    this.end = this.grow(size - (this.end - this.top));
    return this.extend(size);
  }

  /** From the first joined range that is large enough. */
  private carve(size: number): number | undefined {
    for (let i = 0; i < this.ranges.length; i++) {
      const range = this.ranges[i]!;
      if (range.bytes < size) continue;
      const pointer = range.start;
      range.start += size;
      range.bytes -= size;
      if (range.bytes === 0) this.ranges.splice(i, 1);
      return pointer;
    }
    return undefined;
  }

  private extend(size: number): number | undefined {
    if (this.top + size > this.end) return undefined;
    const pointer = this.top;
    this.top += size;
    return pointer;
  }

  /** Joins all neighbouring free blocks to ranges; a range that reaches the untouched end becomes part of it. */
  private join(): void {
    const pieces = this.ranges;
    for (const [bytes, list] of this.free) for (const start of list) pieces.push({ start, bytes });
    this.free.clear();
    this.freeBytes = 0;
    pieces.sort((a, b) => a.start - b.start);
    const joined: Range[] = [];
    for (const piece of pieces) {
      const last = joined[joined.length - 1];
      if (last && last.start + last.bytes === piece.start) last.bytes += piece.bytes;
      else joined.push(piece);
    }
    const last = joined[joined.length - 1];
    if (last && last.start + last.bytes === this.top) {
      this.top = last.start;
      joined.pop();
    }
    this.ranges = joined;
  }
}

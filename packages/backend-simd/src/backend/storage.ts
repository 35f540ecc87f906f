import type { Heap } from '../memory/heap.ts';

/**
 * How numbers come about that nobody has asked for yet. It may be that nobody ever will: whoever consumes the tensor may take a
 * shorter way to its own result (see kernels/deferred.ts).
 */
export interface Deferred {
  /** Writes the numbers to the memory at `pointer`. */
  compute(pointer: number): void;
  /** Lets go of what it holds: it is not asked any more. */
  release(): void;
}

/**
 * Numbers in the memory, or the way to them. Tensors hold it, and so do deferred computations that will read it: it is freed
 * when the last one lets go.
 */
export class Storage {
  readonly byteLength: number;
  private readonly heap: Heap;
  private at = 0;
  private holders = 1;
  private way: Deferred | undefined;

  /** @param deferred how to compute the numbers; without it there is room for them at once, values arbitrary. */
  constructor(heap: Heap, byteLength: number, deferred?: Deferred) {
    this.heap = heap;
    this.byteLength = byteLength;
    this.way = deferred;
    if (deferred === undefined) this.at = heap.allocate(byteLength);
  }

  /** How the numbers will be computed, if they haven't been. */
  get deferred(): Deferred | undefined {
    return this.way;
  }

  /** Where the numbers start. Computes them if need be, which may grow the memory and uses its scratch part. */
  get pointer(): number {
    if (this.at === 0) this.compute();
    return this.at;
  }

  /** The memory as it is now: another one after it has grown. */
  get buffer(): ArrayBufferLike {
    return this.heap.f32.buffer;
  }

  /** Whether others hold it, too. */
  get isShared(): boolean {
    return this.holders > 1;
  }

  hold(): this {
    this.holders++;
    return this;
  }

  release(): void {
    if (--this.holders > 0) return;
    if (this.at !== 0) this.heap.release(this.at, this.byteLength);
    this.way?.release();
    this.way = undefined;
  }

  private compute(): void {
    const way = this.way as Deferred;
    const pointer = this.heap.allocate(this.byteLength);
    try {
      way.compute(pointer);
    } catch (error) {
      this.heap.release(pointer, this.byteLength);
      throw error;
    }
    this.at = pointer;
    this.way = undefined;
    way.release();
  }
}

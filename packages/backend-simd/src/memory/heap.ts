import { Allocator } from './allocator.ts';

const PAGE = 65_536;
/** Kernels read whole vectors and may look up to 12 bytes past a tensor: the last bytes of the memory are never dealt out. */
const GUARD = 64;
/** The first page is not dealt out, so that 0 means "none"; kernels find their arguments in it. */
const ARGUMENTS = 64;
const INITIAL_PAGES = 256;
/** All that a 32-bit pointer can reach. */
const MOST_PAGES = 65_536;

export interface HeapOptions {
  /** The most bytes that the memory may grow to. Default: 4 GiB, what 32-bit WebAssembly can address. */
  maxMemoryBytes?: number;
  /** Fills freed memory with NaN, so that a use after free shows. For tests. */
  poisonFreed?: boolean;
  /** Whether threads share the memory. Default: false. */
  shared?: boolean;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`;
}

/** The one WebAssembly memory of a backend and what is dealt out of it. */
export class Heap {
  readonly memory: WebAssembly.Memory;
  /** Where a kernel's arguments are written that don't fit its parameters: the bytes from here to the first page's end. */
  readonly argumentsPointer = ARGUMENTS;

  private readonly maxPages: number;
  private readonly poisonFreed: boolean;
  private readonly allocator: Allocator;
  private buffer: ArrayBufferLike;
  private f32View: Float32Array;
  private i32View: Int32Array;
  private u8View: Uint8Array;
  private scratchPointer = 0;
  private scratchBytes = 0;

  constructor(options: HeapOptions = {}) {
    const limit = options.maxMemoryBytes ?? MOST_PAGES * PAGE;
    if (!(limit >= 2 * PAGE)) {
      throw new RangeError(`maxMemoryBytes: expected at least ${2 * PAGE} bytes, got ${limit}`);
    }
    this.maxPages = Math.min(MOST_PAGES, Math.floor(limit / PAGE));
    this.poisonFreed = options.poisonFreed ?? false;
    this.memory = new WebAssembly.Memory({
      initial: Math.min(INITIAL_PAGES, this.maxPages),
      maximum: this.maxPages,
      shared: options.shared ?? false,
    });
    this.buffer = this.memory.buffer;
    this.f32View = new Float32Array(this.buffer);
    this.i32View = new Int32Array(this.buffer);
    this.u8View = new Uint8Array(this.buffer);
    this.allocator = new Allocator(PAGE, this.end(), (missing) => this.grow(missing));
  }

  /** The memory as numbers. These views are new ones after the memory has grown: use at once, don't keep. */
  get f32(): Float32Array {
    return this.f32View;
  }
  get i32(): Int32Array {
    return this.i32View;
  }
  get u8(): Uint8Array {
    return this.u8View;
  }

  /** Bytes that are dealt out, scratch memory aside. */
  get usedBytes(): number {
    return this.allocator.usedBytes - this.scratchBytes;
  }
  /** Blocks that are dealt out, scratch memory aside. */
  get usedBlocks(): number {
    return this.allocator.usedBlocks - (this.scratchPointer ? 1 : 0);
  }
  /** What the memory has grown to. */
  get memoryBytes(): number {
    return this.buffer.byteLength;
  }
  get maxMemoryBytes(): number {
    return this.maxPages * PAGE;
  }

  /** Where `bytes` bytes start, on a cache line. Contents are arbitrary. */
  allocate(bytes: number): number {
    if (!Number.isSafeInteger(bytes) || bytes < 0) {
      throw new RangeError(
        `The simd backend can't allocate ${bytes} bytes: a tensor's shape is not made of whole numbers.`,
      );
    }
    const pointer = this.allocator.allocate(bytes);
    if (pointer === undefined) {
      throw new RangeError(
        `The simd backend is out of memory: ${megabytes(bytes)} asked for, ` +
          `${megabytes(this.usedBytes)} of at most ${megabytes(this.maxMemoryBytes)} in use by ${this.usedBlocks} tensors.`,
      );
    }
    return pointer;
  }

  release(pointer: number, bytes: number): void {
    if (this.poisonFreed) this.u8View.fill(0xff, pointer, pointer + bytes);
    this.allocator.release(pointer, bytes);
  }

  /** At least `bytes` bytes of working memory for one call of a kernel. The same bytes serve the next call. */
  scratch(bytes: number): number {
    if (bytes > this.scratchBytes) {
      if (this.scratchPointer) this.allocator.release(this.scratchPointer, this.scratchBytes);
      this.scratchPointer = 0;
      this.scratchBytes = 0;
      const size = Math.max(PAGE, 2 ** Math.ceil(Math.log2(bytes)));
      this.scratchPointer = this.allocate(size);
      this.scratchBytes = size;
    }
    return this.scratchPointer;
  }

  /** Where the part that may be dealt out ends. */
  private end(): number {
    return this.buffer.byteLength - GUARD;
  }

  /** Grows by at least `missing` bytes, by a quarter if that's more, and gives the new end (the old one if it can't). */
  private grow(missing: number): number {
    const pages = this.buffer.byteLength / PAGE;
    const room = this.maxPages - pages;
    const needed = Math.ceil(missing / PAGE);
    if (needed <= room) {
      const wanted = Math.min(room, Math.max(needed, pages >> 2));
      if (!this.tryGrow(wanted)) this.tryGrow(needed);
    }
    return this.end();
  }

  private tryGrow(pages: number): boolean {
    try {
      this.memory.grow(pages);
    } catch {
      // The engine has no such room; the caller's error says so.
      return false;
    }
    this.buffer = this.memory.buffer;
    this.f32View = new Float32Array(this.buffer);
    this.i32View = new Int32Array(this.buffer);
    this.u8View = new Uint8Array(this.buffer);
    return true;
  }
}

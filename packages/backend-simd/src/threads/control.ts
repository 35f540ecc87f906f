/**
 * The block of shared memory by which the calling thread hands out the parts of a kernel: written by it while no part is
 * under way, read by every thread that has taken a part. Words that different threads write lie on cache lines of their own.
 */
const LINE = 16;

/** Goes up by one with every kernel; workers sleep on it. */
export const SIGNAL = 0;
/** One bit for each part that no thread has taken yet. */
export const UNCLAIMED = LINE;
/** Parts that are not done; the calling thread sleeps on it. */
export const UNFINISHED = 2 * LINE;
/** Workers that sleep, or are about to. */
export const ASLEEP = 3 * LINE;
/** 1 while the calling thread sleeps, or is about to. */
export const JOINING = 4 * LINE;
/** The length of the message of a part that failed, or 0. */
export const FAILED = 5 * LINE;
const KERNEL = 6 * LINE;
const ARGUMENTS = KERNEL + 1;
const RANGE_AT = KERNEL + 2;
const WORDS = 7 * LINE;

// Numbers: the arguments, what each goes up by from part to part, and where the parts' ranges start and end.
const MOST_ARGUMENTS = 24;
const STEPS = MOST_ARGUMENTS;
const BOUNDS = 2 * MOST_ARGUMENTS;
const MESSAGE = BOUNDS + 32;
const MOST_CHARACTERS = 200;

/** The most parts that a kernel can be cut into: the bits of a word. */
export const MOST_PARTS = 31;

export type KernelFunction = (...args: number[]) => void;

/** A kernel, cut into parts. */
export interface Task {
  /** Its place among the exports. */
  kernel: number;
  args: readonly (number | boolean)[];
  /** Where among `args` a range's begin and end lie. */
  rangeAt: number;
  /** The first range's begin, and every range's end. */
  bounds: readonly number[];
  /** Arguments that go up by so much from part to part: [place, step]. */
  moving: readonly (readonly [number, number])[];
}

export class Control {
  readonly buffer: SharedArrayBuffer;
  readonly words: Int32Array;
  private readonly numbers: Float64Array;

  constructor(buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(WORDS * 4 + (MESSAGE + MOST_CHARACTERS) * 8);
    this.words = new Int32Array(this.buffer, 0, WORDS);
    this.numbers = new Float64Array(this.buffer, WORDS * 4);
  }

  write({ kernel, args, rangeAt, bounds, moving }: Task): void {
    const { words, numbers } = this;
    words[KERNEL] = kernel;
    words[ARGUMENTS] = args.length;
    words[RANGE_AT] = rangeAt;
    for (let i = 0; i < args.length; i++) {
      numbers[i] = Number(args[i]);
      numbers[STEPS + i] = 0;
    }
    for (const [at, step] of moving) numbers[STEPS + at] = step;
    for (let i = 0; i < bounds.length; i++) numbers[BOUNDS + i] = bounds[i]!;
  }

  /** Takes a part, for good: true for one thread only. */
  claim(part: number): boolean {
    const bit = 1 << part;
    return (Atomics.and(this.words, UNCLAIMED, ~bit) & bit) !== 0;
  }

  /** Runs a part that has been taken and marks it as done, also when it fails; the last wakes the calling thread. */
  runAndFinish(functions: readonly KernelFunction[], part: number): void {
    try {
      this.run(functions, part);
    } catch (error) {
      this.writeFailure(String(error));
    }
    const { words } = this;
    if (Atomics.sub(words, UNFINISHED, 1) === 1 && Atomics.load(words, JOINING) === 1) {
      Atomics.notify(words, UNFINISHED);
    }
  }

  private run(functions: readonly KernelFunction[], part: number): void {
    const { words, numbers } = this;
    const count = words[ARGUMENTS]!;
    const at = words[RANGE_AT]!;
    const args = new Array<number>(count);
    for (let i = 0; i < count; i++) args[i] = numbers[i]! + part * numbers[STEPS + i]!;
    args[at] = numbers[BOUNDS + part]!;
    args[at + 1] = numbers[BOUNDS + part + 1]!;
    functions[words[KERNEL]!]!(...args);
  }

  private writeFailure(message: string): void {
    const length = Math.min(message.length, MOST_CHARACTERS);
    for (let i = 0; i < length; i++) this.numbers[MESSAGE + i] = message.charCodeAt(i);
    Atomics.store(this.words, FAILED, length);
  }

  /** Why a part has failed, if one has. */
  readFailure(): string | undefined {
    const length = Atomics.load(this.words, FAILED);
    if (length === 0) return undefined;
    return String.fromCharCode(...this.numbers.subarray(MESSAGE, MESSAGE + length));
  }
}

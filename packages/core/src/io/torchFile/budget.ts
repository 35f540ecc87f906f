import { refuse } from './torchFileError.ts';

// Beyond the file itself: contiguous copies of views that overlap or repeat (expanded tensors) may take three times its size.
const FACTOR = 3;
// Room for small files, whose values take more than their bytes.
const ALLOWANCE = 1 << 16;

/** Keeps a small file from claiming much memory: what is copied out of it may be at most a few times its size. */
export class MemoryBudget {
  readonly #limit: number;
  #used = 0;

  constructor(fileBytes: number) {
    this.#limit = FACTOR * fileBytes + ALLOWANCE;
  }

  take(bytes: number, what: string): void {
    this.#used += bytes;
    if (this.#used > this.#limit) {
      refuse(`${what} would take ${this.#used} bytes in all, expected at most ${this.#limit} from a file of this size`);
    }
  }
}

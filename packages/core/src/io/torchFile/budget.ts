import { refuse } from './torchFileError.ts';

// Times the file. Contiguous copies of views that overlap or repeat (expanded tensors) take more than they have there, and
// so does a state dict of numbers: 20,000 scalars take three times their file.
const FACTOR = 4;
// Room for small files, whose values take more than their bytes.
const ALLOWANCE = 1 << 19;

/** What values take in memory beside their own bytes, roughly: an instruction of one byte can ask for a hundred. */
export const COST = {
  /** A slot of the stack, of a tuple or of a list. */
  slot: 12,
  /** A list, whose first element makes room for more. */
  list: 192,
  /** A dict or a set, and one of its entries. */
  table: 200,
  entry: 48,
  /** Something that the memo keeps. */
  kept: 24,
  /** A str, a bytes, a number beyond 31 bits. */
  value: 24,
  array: 200,
  tensor: 200,
} as const;

/** Keeps a small file from claiming much memory: what is made of it may be at most a few times its size. */
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

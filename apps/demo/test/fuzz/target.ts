import type { Random } from './random.ts';

/** A parser under fire: sound files, ways to damage them, and how to tell a right result from a wrong one. */
export interface FuzzTarget<Result = unknown> {
  readonly name: string;
  /** Sound files, from which mutation starts. Each must be read. */
  readonly corpus: readonly Uint8Array[];
  /** A damaged version of `file`; knows the format, so that the damage lies behind lengths and checksums that agree. */
  mutate(file: Uint8Array, random: Random): Uint8Array;
  /** What is done before the clock runs and memory is measured: a file on the disk. */
  prepare?(file: Uint8Array): void | Promise<void>;
  read(file: Uint8Array): Result | Promise<Result>;
  /** Whether an error is the parser's own: the only one that it may throw. */
  isRefusal(error: unknown): boolean;
  /** Throws where a result is not what the file says. */
  check(result: Result, file: Uint8Array): void;
  /** What memory is measured against, where that is not the file itself: unpacked contents. */
  size?(file: Uint8Array): number;
}

/** Throws unless what was read agrees with the file. */
export function agree(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`a wrong result: ${what}`);
}

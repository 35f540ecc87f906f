import type { OpSpec } from './rows.ts';

/** What an op server (`ops/server.ts`, `pytorch/ops.py`) is asked, one JSON object a line. */
export type OpRequest =
  /** Makes the inputs and runs the op until it is warm. */
  | { readonly do: 'prepare'; readonly spec: OpSpec }
  /**
   * Runs what was prepared, first for about `settle` seconds that do not count (caches, memory and sleeping threads come
   * back), then for about `seconds`, five calls at least. A call slower than `slow` seconds runs once, and counts.
   */
  | { readonly do: 'measure'; readonly settle: number; readonly seconds: number; readonly slow: number };

/** Said once, before anything is asked. */
export interface OpHello {
  readonly device: string;
  /** Where it can't run here at all: why. */
  readonly absent?: string;
}

export interface OpPrepared {
  /** See `values.ts`; null where there is no result to compare. */
  readonly digest?: number | null;
  /** How long a warm call takes, roughly. */
  readonly secondsPerCall?: number;
  /** Where the op can't be run there: why. */
  readonly unsupported?: string;
}

export interface OpMeasured {
  readonly secondsPerCall: number;
  readonly calls: number;
}

/** An op on its inputs, ready to be called again and again. */
export interface PreparedOp {
  /** Runs it to the end and frees the result; a promise is waited for. */
  run(): void | Promise<void>;
  /** The digest of one more run's result, or null. */
  digest(): Promise<number | null>;
  dispose(): void;
}

/** Knows how to run the ops of a library on a device. */
export interface OpLibrary {
  readonly device: string;
  /** Undefined where the library has no such op. */
  prepare(spec: OpSpec): PreparedOp | undefined;
}

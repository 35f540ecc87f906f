import { FACTOR, FLOOR_BYTES, measure } from './memory.ts';
import { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

export type Outcome =
  | { readonly read: true; readonly result: unknown }
  | { readonly read: false; readonly error: unknown };

/** What one mutated file has shown. */
export interface FileReport {
  readonly seed: number;
  readonly accepted: boolean;
  readonly bytes: number;
  readonly milliseconds: number;
  /** Peak growth of memory beyond the floor, in times the file (or what it unpacks to). */
  readonly memoryRatio: number;
  /** What is wrong with the parser. */
  readonly fault?: string;
}

/** The file that a seed stands for. */
export function mutatedFile(target: FuzzTarget<never>, seed: number): Uint8Array {
  const random = new Random(seed);
  return target.mutate(random.pick(target.corpus), random);
}

async function attempt(target: FuzzTarget, file: Uint8Array): Promise<Outcome> {
  try {
    return { read: true, result: await target.read(file) };
  } catch (error) {
    return { read: false, error };
  }
}

function fault(target: FuzzTarget, file: Uint8Array, outcome: Outcome): string | undefined {
  if (outcome.read) {
    try {
      target.check(outcome.result, file);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  const { error } = outcome;
  if (!target.isRefusal(error)) {
    return `throws ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  const { message } = error as Error;
  if (message.length === 0 || message.length > 2000) return `has an error of ${message.length} characters`;
  return undefined;
}

/** Mutates a file, has it read, and looks at what came of it: result or error, time, memory. */
export async function fuzzFile(target: FuzzTarget<never>, seed: number): Promise<FileReport> {
  const file = mutatedFile(target, seed);
  const size = target.size?.(file) ?? file.length;
  const allowed = FACTOR * size + FLOOR_BYTES;
  const read = async (thorough: boolean) => {
    await target.prepare?.(file);
    return measure(() => attempt(target as FuzzTarget, file), thorough);
  };
  let measured = await read(false);
  // Where it looks too large, or garbage may hide it, from a clean start; the smaller of two, since code is compiled once.
  if (measured.peakBytes > allowed || measured.disturbed) {
    const again = [await read(true), await read(true)];
    measured = again.reduce((least, next) => (next.peakBytes < least.peakBytes ? next : least));
  }
  const { value: outcome, peakBytes, milliseconds } = measured;
  const greedy =
    peakBytes > allowed ? `takes ${peakBytes} bytes of memory for ${size}, expected ${allowed}` : undefined;
  const found = fault(target as FuzzTarget, file, outcome) ?? greedy;
  return {
    seed,
    accepted: outcome.read,
    bytes: file.length,
    milliseconds,
    memoryRatio: Math.max(0, peakBytes - FLOOR_BYTES) / Math.max(1, size),
    ...(found !== undefined && { fault: found }),
  };
}

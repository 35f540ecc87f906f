import { builtin } from './builtin.ts';
import { MOST_PARTS } from './control.ts';

/** More threads than this seldom pay for kernels of some 100 µs; who knows better says so. */
const MOST_BY_DEFAULT = 4;

/** Whether this thread may sleep until another wakes it. A page's main thread may not. */
function canWait(): boolean {
  try {
    return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0) === 'not-equal';
  } catch {
    return false;
  }
}

/** Whether memory can be shared with workers from here: Node, or a worker of a cross-origin-isolated page. */
export function canUseThreads(): boolean {
  const scope = globalThis as { crossOriginIsolated?: boolean; Worker?: unknown };
  if (typeof SharedArrayBuffer !== 'function' || scope.crossOriginIsolated === false) return false;
  const hasWorkers = builtin('node:worker_threads') !== undefined || typeof scope.Worker === 'function';
  return hasWorkers && canWait();
}

function cores(): number {
  const { navigator } = globalThis as { navigator?: { hardwareConcurrency?: number } };
  return builtin('node:os')?.availableParallelism() ?? navigator?.hardwareConcurrency ?? 1;
}

/**
 * How many threads a backend gets that was asked for so many, or for none in particular: as many as there are cores, at
 * most 4. Where memory can't be shared it is 1.
 *
 * @throws RangeError if the number is none of 1…31
 */
export function threadCount(asked?: number): number {
  if (asked !== undefined && !(Number.isInteger(asked) && asked >= 1 && asked <= MOST_PARTS)) {
    throw new RangeError(`threads: expected a whole number from 1 to ${MOST_PARTS}, got ${asked}`);
  }
  if (!canUseThreads()) return 1;
  return asked ?? Math.max(1, Math.min(MOST_BY_DEFAULT, cores()));
}

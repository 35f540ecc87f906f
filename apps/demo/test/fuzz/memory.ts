import { GCProfiler, getHeapStatistics } from 'node:v8';

/** What memory a call may take beyond its share: for code, for errors and their stacks, for small files. */
export const FLOOR_BYTES = 1024 * 1024;
/** Times the file. */
export const FACTOR = 4;

interface Heap {
  readonly usedHeapSize: number;
  readonly externalMemory: number;
}

function heapNow(): number {
  const { used_heap_size: used, external_memory: external } = getHeapStatistics();
  return used + external;
}

const heapOf = ({ usedHeapSize, externalMemory }: Heap): number => usedHeapSize + externalMemory;

/** `globalThis.gc` is there because the process was started with `--expose-gc`. */
function collect(type: 'minor' | 'major'): void {
  if (globalThis.gc === undefined) throw new Error('expected a process started with --expose-gc');
  void globalThis.gc({ type } as never);
}

export interface Measured<T> {
  readonly value: T;
  /** By how much heap and array buffers grew at most, garbage included, in bytes. */
  readonly peakBytes: number;
  readonly milliseconds: number;
  /** Whether memory was tidied up meanwhile, so that older garbage may hide some of the growth. */
  readonly disturbed: boolean;
}

/**
 * Runs `work` and measures the highest growth of heap and array buffers: at its end, and before each garbage collection
 * on the way.
 *
 * @param thorough - collects all garbage before it begins, which takes many times as long as most files do.
 */
export async function measure<T>(work: () => T | Promise<T>, thorough: boolean): Promise<Measured<T>> {
  // Twice, because array buffers are freed in the background: the second collection waits for the first one's.
  for (let times = 0; times < 2; times++) collect(thorough ? 'major' : 'minor');
  const profiler = new GCProfiler();
  profiler.start();
  const before = heapNow();
  const start = performance.now();
  const result = work();
  // Without a turn of the event loop for what is at hand already.
  const value = result instanceof Promise ? await result : result;
  const milliseconds = performance.now() - start;
  const after = heapNow();
  const collections = profiler.stop()?.statistics ?? [];
  const peaks = collections.map(({ beforeGC }) => heapOf(beforeGC.heapStatistics));
  const peakBytes = Math.max(0, ...[after, ...peaks].map((bytes) => bytes - before));
  return { value, peakBytes, milliseconds, disturbed: collections.length > 0 };
}

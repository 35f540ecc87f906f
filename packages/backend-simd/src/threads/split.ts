/** What a part must take on one thread, in nanoseconds, to be worth handing out. */
const WORTH = 15_000;

/** How a range is cut into parts for the threads. It depends on sizes and the number of threads alone. */
export interface Split {
  /** The range is [0, count). */
  count: number;
  /** Parts start at multiples of it, so that no two threads write to one cache line. */
  grain: number;
  parts: number;
}

/**
 * @param nanoseconds about what the whole range takes on one thread
 * @param always cuts however little there is to do
 */
export function planSplit(count: number, nanoseconds: number, grain: number, threads: number, always: boolean): Split {
  const worthwhile = always ? threads : Math.min(threads, Math.floor(nanoseconds / WORTH));
  return { count, grain, parts: Math.max(1, Math.min(worthwhile, Math.ceil(count / grain))) };
}

/** Where the parts start, and the end of the last. */
export function boundsOf({ count, grain, parts }: Split): number[] {
  const grains = Math.ceil(count / grain);
  const bounds: number[] = [];
  for (let part = 0; part < parts; part++) bounds.push(Math.floor((grains * part) / parts) * grain);
  bounds.push(count);
  return bounds;
}

import type { SimdBackend } from '../backend/simdBackend.ts';
import { Storage } from '../backend/storage.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';

/** Words packed side by side: MAX_ROWS of assembly/tile.ts. */
const PACKED_ROWS = 5;

/** Where texts are, as numbers of words, and the table of the words' vectors. */
export interface Texts {
  readonly ids: number;
  /** Numbers in `ids`. */
  readonly places: number;
  readonly table: number;
  readonly vocabulary: number;
  readonly width: number;
}

/** The distinct words of texts, each with its vector once. */
export class Words {
  readonly distinct: number;
  /** int32, for each place of the texts the number of its word, 0 to `distinct` − 1. */
  readonly numbers: Storage;
  /** The words' rows of the table, as tiles read them. */
  readonly packed: Storage;

  /** @throws Error if a word is not in the table. */
  constructor(backend: SimdBackend, kernelName: string, { ids, places, table, vocabulary, width }: Texts) {
    this.numbers = new Storage(backend.heap, places * 4);
    try {
      const most = Math.min(vocabulary, places);
      [this.distinct, this.packed] = withRoom(backend, vocabulary + most, (room) => {
        const list = room + vocabulary * 4;
        const distinct = backend.wasm.distinctWords(ids, places, vocabulary, room, list, this.numbers.pointer);
        if (distinct < 0) throw notInTable(kernelName, backend.heap.i32[ids / 4 - 1 - distinct]!, vocabulary);
        const packed = new Storage(backend.heap, distinct * width * 4);
        const blocks = Math.ceil(distinct / PACKED_ROWS);
        const split = backend.split(blocks, distinct * width * COST.stridedCopy, CACHE_LINE);
        backend.run('packWords', split, [table, width, list, distinct, packed.pointer, 0, blocks]);
        return [distinct, packed] as const;
      });
    } catch (error) {
      this.numbers.release();
      throw error;
    }
  }

  release(): void {
    this.numbers.release();
    this.packed.release();
  }
}

export function notInTable(kernelName: string, word: number, vocabulary: number): Error {
  return new Error(`${kernelName}: the index value ${word} is not in [0, ${vocabulary - 1}]`);
}

/** Runs `f` with room for that many numbers of 4 bytes. */
export function withRoom<T>(backend: SimdBackend, count: number, f: (pointer: number) => T): T {
  const room = new Storage(backend.heap, count * 4);
  try {
    return f(room.pointer);
  } finally {
    room.release();
  }
}

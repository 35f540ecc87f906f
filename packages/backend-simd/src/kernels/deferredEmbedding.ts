import type { SimdBackend } from '../backend/simdBackend.ts';
import type { Deferred, Storage } from '../backend/storage.ts';
import { CACHE_LINE, COST } from '../threads/cost.ts';
import { FLAMBEAU_KERNELS } from './contract.ts';
import { Words } from './words.ts';

/**
 * Rows of a table that nobody has read yet. A convolution over time whose largest values alone are read needs each distinct word
 * once, and never the rows side by side.
 */
export class DeferredEmbedding implements Deferred {
  readonly table: Storage;
  /** int32, none beyond the table. */
  readonly ids: Storage;
  readonly width: number;
  private readonly backend: SimdBackend;
  private distinct: Words | undefined;

  constructor(backend: SimdBackend, table: Storage, ids: Storage, width: number) {
    this.backend = backend;
    this.table = table.hold();
    this.ids = ids.hold();
    this.width = width;
  }

  /** How many rows it has. */
  get places(): number {
    return this.ids.byteLength / 4;
  }

  /** Its distinct words, found once for all convolutions that read it. */
  get words(): Words {
    const { table, ids, width, places, backend } = this;
    const vocabulary = table.byteLength / 4 / width;
    const texts = { ids: ids.pointer, places, table: table.pointer, vocabulary, width };
    this.distinct ??= new Words(backend, FLAMBEAU_KERNELS.embedding, texts);
    return this.distinct;
  }

  compute(pointer: number): void {
    const { backend, table, ids, width, places } = this;
    const split = backend.split(places, places * width * COST.copy, Math.ceil(CACHE_LINE / width));
    backend.run('gatherRows', split, [table.pointer, ids.pointer, pointer, width * 4, 0, places]);
  }

  release(): void {
    this.table.release();
    this.ids.release();
    this.distinct?.release();
  }
}

/**
 * Counts, for hashes of 32 bits, in how many documents each occurs: an open-addressing table that grows, in typed arrays.
 */
export class HashCounter {
  private keys = new Int32Array(1 << 12);
  private counts = new Int32Array(1 << 12);
  private documents = new Int32Array(1 << 12);
  private mask = (1 << 12) - 1;
  /** How many hashes there are. */
  size = 0;

  /** Counts a hash for a document, once however often it is called. Documents are numbered from 0. */
  add(hash: number, document: number): void {
    let slot = hash & this.mask;
    while (this.counts[slot] !== 0) {
      if (this.keys[slot] === hash) {
        if (this.documents[slot] === document) return;
        this.documents[slot] = document;
        this.counts[slot]!++;
        return;
      }
      slot = (slot + 1) & this.mask;
    }
    this.keys[slot] = hash;
    this.counts[slot] = 1;
    this.documents[slot] = document;
    if (++this.size * 2 > this.mask) this.grow();
  }

  /** The hashes that occur in at least `minimum` documents, ascending. */
  frequent(minimum: number): Int32Array {
    const kept = new Int32Array(this.size);
    let count = 0;
    for (let slot = 0; slot <= this.mask; slot++) {
      if (this.counts[slot]! >= minimum && this.counts[slot] !== 0) kept[count++] = this.keys[slot]!;
    }
    return kept.slice(0, count).sort();
  }

  private grow(): void {
    const { keys, counts, documents } = this;
    const size = 2 * keys.length;
    this.keys = new Int32Array(size);
    this.counts = new Int32Array(size);
    this.documents = new Int32Array(size);
    this.mask = size - 1;
    for (let old = 0; old < keys.length; old++) {
      if (counts[old] === 0) continue;
      let slot = keys[old]! & this.mask;
      while (this.counts[slot] !== 0) slot = (slot + 1) & this.mask;
      this.keys[slot] = keys[old]!;
      this.counts[slot] = counts[old]!;
      this.documents[slot] = documents[old]!;
    }
  }
}

/** Finds the place of a hash among sorted ones. */
export class HashIndex {
  private readonly hashes: Int32Array;
  private readonly slots: Int32Array;
  private readonly mask: number;

  constructor(hashes: Int32Array) {
    this.hashes = hashes;
    const size = 2 ** Math.ceil(Math.log2(2 * hashes.length + 2));
    this.mask = size - 1;
    this.slots = new Int32Array(size);
    hashes.forEach((hash, place) => {
      let slot = hash & this.mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = place + 1;
    });
  }

  /** The place of a hash; −1 if it is not there. */
  find(hash: number): number {
    for (let slot = hash & this.mask; ; slot = (slot + 1) & this.mask) {
      const place = this.slots[slot]! - 1;
      if (place < 0 || this.hashes[place] === hash) return place;
    }
  }
}

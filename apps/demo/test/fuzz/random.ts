import { Generator } from '@flambeau/core';

/** Numbers that lie where lengths, counts and offsets go wrong. */
const EDGES = [0, 1, 2, 3, 7, 8, 9, 15, 16, 127, 128, 255, 256, 1023, 4096, 32767, 32768, 65535, 65536] as const;
const WIDE_EDGES = [2 ** 24, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40, 2 ** 53 - 1, 2 ** 53] as const;

/** Draws from a seed: the same seed mutates the same file in the same way. */
export class Random {
  private readonly generator: Generator;

  constructor(seed: number) {
    this.generator = new Generator().manualSeed(seed);
  }

  /** A whole number from 0 to `n` − 1. */
  below(n: number): number {
    return this.generator.random32() % Math.max(1, n);
  }

  chance(p: number): boolean {
    return this.generator.random32() < p * 2 ** 32;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** A number that is often at an edge, and often close to `near`. */
  number(near = 0): number {
    switch (this.below(4)) {
      case 0:
        return this.pick(EDGES);
      case 1:
        return this.pick(WIDE_EDGES);
      case 2:
        return near + this.below(9) - 4;
      default:
        return this.below(65536);
    }
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}

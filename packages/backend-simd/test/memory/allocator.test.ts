import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Allocator, blockBytes } from '../../src/memory/allocator.ts';

describe('blockBytes', () => {
  test('holds what is asked for, in whole cache lines, with at most an eighth to spare', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 }), (bytes) => {
        const size = blockBytes(bytes);
        expect(size % 64).toBe(0);
        expect(size).toBeGreaterThanOrEqual(Math.max(bytes, 1));
        expect(size).toBeLessThanOrEqual(Math.max(bytes * 1.125, bytes + 64));
        expect(blockBytes(size)).toBe(size);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('Allocator', () => {
  test('never deals out overlapping blocks, and has everything back in the end', () => {
    const actions = fc.array(fc.tuple(fc.boolean(), fc.nat(5000), fc.nat()), { maxLength: 300 });
    fc.assert(
      fc.property(actions, (steps) => {
        let end = 8192;
        const allocator = new Allocator(64, end, (missing) => (end += Math.max(4096, Math.ceil(missing / 64) * 64)));
        const live: { pointer: number; bytes: number }[] = [];
        for (const [isAllocation, bytes, choice] of steps) {
          if (isAllocation || live.length === 0) {
            const pointer = allocator.allocate(bytes)!;
            expect(pointer % 64).toBe(0);
            expect(pointer).toBeGreaterThanOrEqual(64);
            expect(pointer + blockBytes(bytes)).toBeLessThanOrEqual(end);
            for (const other of live) {
              const apart =
                pointer + blockBytes(bytes) <= other.pointer || other.pointer + blockBytes(other.bytes) <= pointer;
              expect(apart).toBe(true);
            }
            live.push({ pointer, bytes });
          } else {
            const [{ pointer, bytes: freed }] = live.splice(choice % live.length, 1) as [(typeof live)[0]];
            allocator.release(pointer, freed);
          }
          expect(allocator.usedBlocks).toBe(live.length);
          expect(allocator.usedBytes).toBe(live.reduce((sum, block) => sum + blockBytes(block.bytes), 0));
        }
        for (const { pointer, bytes } of live) allocator.release(pointer, bytes);
        expect(allocator.usedBytes).toBe(0);
        // All of it is one piece again: the largest possible block fits without growing.
        const before = end;
        const most = 64 * Math.floor((end - 64) / 64 / 1.125);
        expect(allocator.allocate(most)).toBeDefined();
        expect(end).toBe(before);
      }),
      { numRuns: 200 },
    );
  });

  test('a block of the same size is reused at once', () => {
    const allocator = new Allocator(64, 65_536, () => 65_536);
    const first = allocator.allocate(1000)!;
    allocator.allocate(1000);
    allocator.release(first, 1000);
    expect(allocator.allocate(990)).toBe(first);
  });

  test('neighbouring free blocks are joined before the memory grows', () => {
    let grown = 0;
    const allocator = new Allocator(64, 64 + 4096, () => {
      grown++;
      return 64 + 4096;
    });
    const blocks = Array.from({ length: 8 }, () => allocator.allocate(512)!);
    for (const pointer of blocks) allocator.release(pointer, 512);
    expect(allocator.allocate(4096)).toBe(64);
    expect(grown).toBe(0);
  });

  test('says so when there is no room', () => {
    const allocator = new Allocator(64, 4096, () => 4096);
    expect(allocator.allocate(8192)).toBeUndefined();
    expect(allocator.usedBytes).toBe(0);
    expect(allocator.allocate(1024)).toBe(64);
  });
});

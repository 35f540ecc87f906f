import { describe, expect, it } from 'vitest';
import { chunksOf, linesOf } from '../../src/sentiment/lines.ts';

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('lines of a stream', () => {
  it.each([1, 2, 3, 1000])('come out the same in pieces of %i bytes', async (size) => {
    const text = 'one\r\n\ntwo ☺ \u2028 still two\nthree\rstill three\n\nend';
    const lines = ['one', '', 'two ☺ \u2028 still two', 'three\rstill three', '', 'end'];
    expect(await all(linesOf(pieces(text, size)))).toEqual(lines);
    expect(await all(linesOf(pieces(`${text}\n`, size)))).toEqual(lines);
  });

  it('are none of nothing', async () => {
    expect(await all(linesOf(pieces('', 1)))).toEqual([]);
  });

  it('are handed on several at a time', async () => {
    expect(await all(chunksOf(linesOf(pieces('a\nb\nc', 9)), 2))).toEqual([['a', 'b'], ['c']]);
  });
});

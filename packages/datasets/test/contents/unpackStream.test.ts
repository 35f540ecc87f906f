import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type DataError, type DataFile, unpackStream } from '@flambeau/datasets';
import { describe, expect, it } from 'vitest';

const contents = Uint8Array.from({ length: 100_000 }, (_, index) => (index * index) >> 5);
const file: DataFile = {
  name: 'numbers',
  bytes: contents.length,
  sha256: createHash('sha256').update(contents).digest('hex'),
  archive: { name: 'numbers.gz', compression: 'gzip' },
};
const packed = new Uint8Array(gzipSync(contents));

/** A stream of `bytes` in pieces of `size`, which then ends, or fails with `error`. */
function stream(bytes: Uint8Array, size = 4096, error?: Error): ReadableStream<Uint8Array<ArrayBuffer>> {
  let start = 0;
  return new ReadableStream({
    pull(controller) {
      if (start < bytes.length) controller.enqueue(new Uint8Array(bytes.slice(start, (start += size))));
      else if (error) controller.error(error);
      else controller.close();
    },
  });
}

const failure = (input: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<DataError> =>
  unpackStream('numbers.gz', file, input).then(
    () => {
      throw new Error('expected a failure');
    },
    (error) => error,
  );

describe('unpackStream', () => {
  it.each([1, 7, 4096, 1 << 20])('unpacks and verifies gzip in pieces of %i bytes', async (size) => {
    const few = contents.slice(0, 500);
    const small = { ...file, bytes: 500, sha256: createHash('sha256').update(few).digest('hex') };
    expect(await unpackStream('few.gz', small, stream(new Uint8Array(gzipSync(few)), size))).toEqual(few);
  });

  it('takes what the server has unpacked on the way', async () => {
    expect(await unpackStream('numbers.gz', file, stream(contents))).toEqual(contents);
  });

  it('tells how many bytes there are so far', async () => {
    const seen: number[] = [];
    await unpackStream('numbers.gz', file, stream(packed), (received) => seen.push(received));
    expect(seen.at(-1)).toBe(contents.length);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'truncated'],
    ['one byte', packed.slice(0, 1), 'truncated'],
    ['half of the gzip data', packed.slice(0, packed.length >> 1), 'truncated'],
    ['half of the unpacked data', contents.slice(0, 50_000), 'truncated'],
    ['damaged gzip data', packed.slice().fill(0xff, 200, 300), 'corrupt'],
    ['more than there should be', Uint8Array.from([...contents, 1]), 'too-large'],
    ['a gzip bomb', new Uint8Array(gzipSync(Buffer.alloc(50 << 20))), 'too-large'],
    ['other contents of the same size', contents.slice().fill(0, 0, 10), 'checksum-mismatch'],
  ])('refuses %s', async (_, bytes, code) => {
    const error = await failure(stream(bytes));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^numbers\.gz /);
  });

  it('throws the stream’s own error where the stream fails', async () => {
    const lost = new TypeError('network error');
    expect(await failure(stream(packed.slice(0, 5000), 4096, lost))).toBe(lost);
    expect(await failure(stream(packed.slice(0, 1), 4096, lost))).toBe(lost);
  });
});

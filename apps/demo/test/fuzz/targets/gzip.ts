import { gunzipSync, gzipSync } from 'node:zlib';
import { DataError, type DataFile, unpackStream } from '@flambeau/datasets';
import { concat, mutateBytes, replaceAt } from '../mutateBytes.ts';
import { agree, type FuzzTarget } from '../target.ts';

const contents = Uint8Array.from({ length: 20_000 }, (_, i) => (i * i) >> 7);
/** Without a checksum of the contents: what gzip itself holds must decide. */
const file: DataFile = {
  name: 'numbers',
  bytes: contents.length,
  archive: { name: 'numbers.gz', compression: 'gzip' },
};

/** A gzip file with a header's every field: an extra field, a name, a comment and a checksum of the header's own. */
function withHeader(flags: number): Uint8Array {
  const plain = new Uint8Array(gzipSync(contents));
  const text = new TextEncoder().encode('name\0');
  const fields = [flags & 4 ? Uint8Array.of(2, 0, 7, 7) : [], flags & 8 ? text : [], flags & 16 ? text : []].map(
    (part) => Uint8Array.from(part),
  );
  return replaceAt(replaceAt(plain, 10, 0, concat(...fields)), 3, 1, Uint8Array.of(flags));
}

const corpus = [
  new Uint8Array(gzipSync(contents)),
  new Uint8Array(gzipSync(contents, { level: 0 })),
  withHeader(4 | 8 | 16),
  // Two members, one after the other, are one file.
  concat(new Uint8Array(gzipSync(contents.subarray(0, 9000))), new Uint8Array(gzipSync(contents.subarray(9000)))),
  // Unpacked on the way by the server.
  contents,
];

const stream = (bytes: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> =>
  new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += 4096) controller.enqueue(bytes.slice(at, at + 4096));
      controller.close();
    },
  });

/** Gzip files of a data set, unpacked as they arrive. */
export const gzipFile: FuzzTarget<Uint8Array> = {
  name: 'gzip',
  corpus,
  mutate(sound, random) {
    const isPacked = sound[0] === 0x1f && sound[1] === 0x8b;
    if (!isPacked || random.chance(0.5)) return mutateBytes(sound, random, corpus);
    switch (random.below(5)) {
      case 0:
        return replaceAt(sound, 3, 1, Uint8Array.of(random.below(256)));
      case 1:
        // Checksum and length at the end.
        return concat(sound.subarray(0, -8), random.bytes(8));
      case 2:
        // Other contents, packed soundly: their length must decide.
        return new Uint8Array(gzipSync(mutateBytes(contents, random)));
      case 3:
        // A small file that unpacks to a large one.
        return new Uint8Array(gzipSync(new Uint8Array(random.pick([1 << 16, 1 << 20, 1 << 22]))));
      default:
        return concat(sound, random.chance(0.5) ? sound : mutateBytes(sound, random));
    }
  },
  read: (bytes) => unpackStream('numbers.gz', file, stream(bytes)),
  isRefusal: (error) => error instanceof DataError && error.isDamage,
  check(result, bytes) {
    agree(result.length === file.bytes, 'the length');
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    agree(Buffer.from(isPacked ? gunzipSync(bytes) : bytes).equals(result), 'the contents');
  },
  // Nothing larger than the declaration is unpacked.
  size: (bytes) => Math.max(bytes.length, file.bytes),
};

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { DataError } from '../dataError.ts';
import type { DataFile } from '../declarations/declaration.ts';
import { checkContents, tooLarge, truncated } from './checkContents.ts';

/** A source of bytes that remembers why it failed, so that its failures are told from those of unpacking. */
interface Source {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly startsAsGzip: boolean;
  failure(): { readonly reason: unknown } | undefined;
}

/**
 * Looks at the first two bytes, which say whether it is gzip: by its name alone one can't know, since servers send `.gz`
 * files with `Content-Encoding: gzip` and browsers then unpack them on the way.
 */
async function openSource(input: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Source> {
  const reader = input.getReader();
  const seen: Uint8Array<ArrayBuffer>[] = [];
  let magic: number[] = [];
  while (magic.length < 2) {
    const { done, value } = await reader.read();
    if (done) break;
    seen.push(value);
    magic = [...magic, ...value.subarray(0, 2)];
  }
  let failed: { readonly reason: unknown } | undefined;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => {
      for (const chunk of seen) controller.enqueue(chunk);
    },
    pull: async (controller) => {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (reason) {
        failed = { reason };
        throw reason;
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { stream, startsAsGzip: magic[0] === 0x1f && magic[1] === 0x8b, failure: () => failed };
}

/**
 * Unpacks and verifies a file as it arrives, with nothing but web standards: gzip'd or not, never more than the
 * declaration's size.
 *
 * @param path how messages call it
 * @param onBytes told how many bytes have been unpacked so far, after each piece
 * @returns the unpacked contents
 * @throws {DataError} `truncated`, `corrupt`, `too-large` or `checksum-mismatch`; a failing `stream` throws its own error
 */
export async function unpackStream(
  path: string,
  file: DataFile,
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onBytes?: (received: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const source = await openSource(stream);
  const unpacked = source.startsAsGzip ? source.stream.pipeThrough(new DecompressionStream('gzip')) : source.stream;
  const reader = unpacked.getReader();
  const contents = new Uint8Array(file.bytes);
  const hash = sha256.create();
  let received = 0;
  while (true) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw source.failure()?.reason ?? unpackError(path, file, received, cause);
    });
    if (done) break;
    if (received + value.length > file.bytes) {
      await reader.cancel();
      throw tooLarge(path, file);
    }
    contents.set(value, received);
    hash.update(value);
    received += value.length;
    onBytes?.(received);
  }
  checkContents(path, file, received, bytesToHex(hash.digest()));
  return contents;
}

/** Engines word it differently (Node in the error's cause), but all of them say so when the data ended early. */
function unpackError(path: string, file: DataFile, received: number, cause: unknown): DataError {
  const { message, cause: inner } = cause as Error;
  const words = message || (inner instanceof Error ? inner.message : 'no reason given');
  if (/unexpected end|truncated|incomplete/i.test(words)) return truncated(path, file, received);
  return new DataError('corrupt', `${path} is corrupt: its gzip data can't be unpacked (${words})`, { path, cause });
}
